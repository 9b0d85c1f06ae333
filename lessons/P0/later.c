/* SPDX-License-Identifier: MIT */
/* What the check calls but the learner's file does not have before a later
 * step. Compiled with the step that is checked. */
#include "lessons/P0/blocking.h"

#include <errno.h>

#if STEP < 2
int blocking_send(int fd, struct slice bytes)
{
    (void)fd;
    (void)bytes;
    return -ENOSYS;
}
#endif

#if STEP < 3
void blocking_drive(struct call *call, int fd)
{
    (void)call;
    (void)fd;
}

void blocking_fetch(struct call *call, const struct job *job)
{
    (void)call;
    (void)job;
}
#endif

#if STEP < 4
int sequential_run(struct batch *batch)
{
    (void)batch;
    return -ENOSYS;
}
#endif
