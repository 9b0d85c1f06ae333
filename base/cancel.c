/* SPDX-License-Identifier: MIT */
#include "base/cancel.h"

#include "base/wakeup.h"

#include <unistd.h>

int cancel_init(struct cancel *cancel)
{
    cancel->requested = 0;
    cancel->fd = wakeup_open();
    return cancel->fd < 0 ? cancel->fd : 0;
}

void cancel_deinit(struct cancel *cancel)
{
    if (cancel->fd >= 0)
        close(cancel->fd);
    cancel->fd = -1;
}

void cancel_request(struct cancel *cancel)
{
    __atomic_store_n(&cancel->requested, 1, __ATOMIC_RELEASE);
    wakeup_set(cancel->fd);
}

bool cancel_requested(const struct cancel *cancel)
{
    return cancel && __atomic_load_n(&cancel->requested, __ATOMIC_ACQUIRE);
}
