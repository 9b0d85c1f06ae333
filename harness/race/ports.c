/* SPDX-License-Identifier: MIT */
#include "harness/race/ports.h"

#include "base/number.h"
#include "harness/race/system_file.h"

#include <stdio.h>
#include <string.h>

int ports_addresses(size_t connections, int most)
{
    size_t needed = (connections + PORTS_PER_ADDRESS - 1) / PORTS_PER_ADDRESS;
    if (needed > (size_t)most)
        return most;
    return needed ? (int)needed : 1;
}

int ports_addresses_beside(size_t waiting, int addresses, int most)
{
    return ports_addresses((size_t)addresses * PORTS_PER_ADDRESS + waiting,
                           most);
}

bool ports_have_room(size_t waiting, size_t connections, int addresses)
{
    return waiting == 0 ||
           waiting + connections <= (size_t)addresses * PORTS_PER_ADDRESS;
}

size_t ports_waiting_in(const char *sockstat)
{
    uint64_t waiting = 0;
    const char *line = strstr(sockstat, "TCP: ");
    const char *found = line ? strstr(line, " tw ") : NULL;

    if (found && found < line + strcspn(line, "\n"))
        number_read(found + strlen(" tw "), UINT32_MAX, &waiting);
    return waiting;
}

size_t ports_waiting(void)
{
    char text[1024];
    system_file_read("/proc/net/sockstat", text, sizeof text);
    return ports_waiting_in(text);
}
