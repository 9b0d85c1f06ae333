/* SPDX-License-Identifier: MIT */
/* What the check calls, or what it is linked with, but the learner's file does
 * not have before a later step. Compiled with the step that is checked. */
#include "lessons/E4/answers.h"

#if STEP < 2
void future_add_done_callback(struct future *future, struct handle *handle)
{
    (void)future;
    (void)handle;
}

bool future_remove_done_callback(struct future *future, struct handle *handle)
{
    (void)future;
    (void)handle;
    return false;
}
#endif

#if STEP < 3
bool future_cancel(struct future *future)
{
    (void)future;
    return false;
}
#endif

#if STEP < 4
struct outcome division(struct loop *loop, int dividend, int divisor)
{
    (void)loop;
    (void)dividend;
    (void)divisor;
    return outcome_none();
}
#endif

#if STEP < 5
struct outcome foo(struct generator *self, struct outcome got)
{
    outcome_drop(got);
    return generator_return(self, outcome_none());
}
#endif
