/* SPDX-License-Identifier: MIT */
#include "harness/floors/floors.h"
#include "nonblocking/uring.h"

#include <errno.h>

static int cannot_run(struct floor_load *load)
{
    (void)load;
    return -ENOSYS;
}

static const char *why_not(void)
{
    return uring_model.unavailable();
}

const struct floor floor_uring = {
    .name = "floor-uring",
    .summary = "one thread and io_uring",
    .overlaps = true,
    .run = cannot_run,
    .unavailable = why_not,
};
