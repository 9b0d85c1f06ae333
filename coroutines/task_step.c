/* SPDX-License-Identifier: MIT */
/* What each step of a Task needs. Uses only the core, whether that is ours or a
 * learner's. */
#include "coroutines/task.h"

#include <errno.h>

/* ---- the current Task ---- */

/* Steps may nest: code in one step may wake another Task by a moment. */
static _Thread_local struct task *current;

struct task *task_current(void)
{
    return current;
}

struct outcome task_send(struct task *task, struct outcome sent)
{
    struct task *outside = current;
    current = task;
    struct outcome came = generator_send(task->generator, sent);
    current = outside;
    return came;
}

/* ---- what can be waited for ---- */

static const char *why_not(const struct task *task, const struct outcome *came)
{
    if (!outcome_is_pending(came))
        return "Task got bad yield";
    if (came->awaitable->ops != &future_ops)
        return NULL;
    const struct future *future =
        container_of(came->awaitable, struct future, awaitable);
    if (future == &task->future)
        return "Task cannot await on itself";
    return future->loop == task->future.loop
               ? NULL
               : "Task got Future attached to a different loop";
}

struct outcome task_check_yield(const struct task *task, struct outcome came)
{
    const char *why = why_not(task, &came);
    if (!why)
        return came;
    outcome_drop(came);
    return outcome_fail(&misuse_type, -EINVAL, "%s", why);
}
