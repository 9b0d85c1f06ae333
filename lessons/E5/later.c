/* SPDX-License-Identifier: MIT */
/* What the check calls, or what it is linked with, but the learner's file does
 * not have before a later step. Compiled with the step that is checked. */
#include "coroutines/gather.h"
#include "coroutines/task.h"

#if STEP < 2
void task_init(struct task *task, struct loop *loop,
               struct generator *generator)
{
    *task = (struct task){.name = generator->name};
    future_init(&task->future, loop);
}

bool task_cancel(struct task *task)
{
    (void)task;
    return false;
}

void task_close(struct task *task)
{
    (void)task;
}
#endif

#if STEP < 5
struct future *future_gather(struct loop *loop, struct future *const *futures,
                             size_t count, bool return_exceptions)
{
    (void)loop;
    (void)futures;
    (void)count;
    (void)return_exceptions;
    return NULL;
}
#endif
