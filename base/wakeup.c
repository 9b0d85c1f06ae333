/* SPDX-License-Identifier: MIT */
#include "base/wakeup.h"

#include "base/probe.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int wakeup_open(void)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

void wakeup_set(int fd)
{
    int saved = errno;
    probe(PROBE_WAKES, 0, 0, (uintptr_t)fd);
    /* Can fail only when the counter is full: then it is readable already. */
    ssize_t written = write(fd, &(uint64_t){1}, sizeof(uint64_t));
    (void)written;
    errno = saved;
}

void wakeup_clear(int fd)
{
    /* Can fail only when the counter is 0: then there is nothing to clear. */
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got;
    probe(PROBE_WOKEN, 0, 0, (uintptr_t)fd);
}
