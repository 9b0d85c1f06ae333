/* SPDX-License-Identifier: MIT */
#include "base/cancel.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int cancel_init(struct cancel *cancel)
{
    cancel->requested = 0;
    cancel->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return cancel->fd < 0 ? -errno : 0;
}

void cancel_deinit(struct cancel *cancel)
{
    if (cancel->fd >= 0)
        close(cancel->fd);
    cancel->fd = -1;
}

void cancel_request(struct cancel *cancel)
{
    int saved = errno; /* a signal handler leaves errno as it was */
    __atomic_store_n(&cancel->requested, 1, __ATOMIC_RELEASE);
    /* Can fail only when the counter is full: then it is readable already. */
    ssize_t written = write(cancel->fd, &(uint64_t){1}, sizeof(uint64_t));
    (void)written;
    errno = saved;
}

bool cancel_requested(const struct cancel *cancel)
{
    return cancel && __atomic_load_n(&cancel->requested, __ATOMIC_ACQUIRE);
}
