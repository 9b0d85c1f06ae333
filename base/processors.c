/* SPDX-License-Identifier: MIT */
#include "base/processors.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

size_t processors_online(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (size_t)online : 0;
}

/* Where there are more processors than a cpu_set_t has room for, or the system
 * does not say which are allowed, all that are online count. */
static void read_allowed(cpu_set_t *set)
{
    CPU_ZERO(set);
    if (sched_getaffinity(0, sizeof *set, set) == 0 && CPU_COUNT(set) > 0)
        return;
    size_t online = processors_online();
    CPU_SET(0, set);
    for (size_t i = 1; i < CPU_SETSIZE && i < online; i++)
        CPU_SET(i, set);
}

size_t processors_allowed(void)
{
    cpu_set_t set;
    read_allowed(&set);
    return (size_t)CPU_COUNT(&set);
}

int processors_from_last(size_t place)
{
    cpu_set_t set;
    read_allowed(&set);
    for (size_t i = CPU_SETSIZE; i-- > 0;)
        if (CPU_ISSET(i, &set) && place-- == 0)
            return (int)i;
    return -1;
}

int processors_pin(pid_t thread, int processor)
{
    cpu_set_t set;
    if (processor < 0) {
        read_allowed(&set);
    } else {
        CPU_ZERO(&set);
        CPU_SET((size_t)processor, &set);
    }
    return sched_setaffinity(thread, sizeof set, &set) ? -errno : 0;
}
