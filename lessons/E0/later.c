/* SPDX-License-Identifier: MIT */
/* What the check calls but the learner's file does not have before a later
 * step. Compiled with the step that is checked. */
#include "callbacks/loop.h"
#include "lessons/E0/ticker.h"

#include <errno.h>

#if STEP < 2
void loop_call_at(struct loop *loop, struct handle *handle, nanos when)
{
    (void)loop;
    (void)handle;
    (void)when;
}
#endif

#if STEP < 3
int loop_watch(struct loop *loop, struct watch *watch, unsigned interest)
{
    (void)loop;
    (void)watch;
    (void)interest;
    return -ENOSYS;
}
#endif

#if STEP < 5
void ticker_tick(struct handle *handle)
{
    (void)handle;
}
#endif
