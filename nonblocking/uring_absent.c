/* SPDX-License-Identifier: MIT */
#include "nonblocking/uring.h"

#include <errno.h>

static const char *why_not(void)
{
    return "built without liburing: apt install liburing-dev, and build again";
}

static int cannot_run(struct batch *batch)
{
    (void)batch;
    return -ENOSYS;
}

const struct model uring_model = {
    .name = "uring",
    .family = "nonblocking",
    .summary = "one thread tells the kernel what to do, and hears what became "
               "of it",
    .run = cannot_run,
    .unavailable = why_not,
};
