/* SPDX-License-Identifier: MIT */
#include "nonblocking/epoll_entry.h"

#include "base/line.h"
#include "base/number.h"

#include <limits.h>

/* "tfd:        7 events:       19 data:     55d0c2a4e2a0  pos:0 ino:1 sdev:2"
 */
bool epoll_entry_read(struct epoll_entry *entry, const char *line)
{
    uint64_t events;
    if (strncmp(line, "tfd:", 4) != 0 ||
        !number_read_int(line_field(line, 1), &entry->fd) ||
        !number_read_hex(line_field(line, 3), &events) || events > UINT_MAX ||
        !number_read_hex(line_field(line, 5), &entry->data))
        return false;
    entry->events = (unsigned)events;
    return true;
}
