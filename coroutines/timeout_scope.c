/* SPDX-License-Identifier: MIT */
#include "coroutines/timeout_scope.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"

#include <errno.h>

static void on_time(struct handle *handle)
{
    struct timeout_scope *scope =
        container_of(handle, struct timeout_scope, timer);
    scope->state = TIMEOUT_EXPIRING;
    task_cancel(scope->task);
}
HANDLE_NAME(on_time, "the deadline of a part of a coroutine", NULL);

static void set_timer(struct timeout_scope *scope, nanos when)
{
    struct loop *loop = scope->task->future.loop;
    scope->when = when;
    if (when == NEVER)
        loop_cancel(loop, &scope->timer);
    else
        loop_call_at(loop, &scope->timer, when);
}

void timeout_enter_at(struct timeout_scope *scope, nanos when)
{
    struct task *task = task_current();
    REQUIRE(task, "timeout_enter: inside a step of a Task");
    *scope = (struct timeout_scope){.task = task,
                                    .timer.run = on_time,
                                    .cancelling = task_cancelling(task)};
    set_timer(scope, when);
}

void timeout_enter(struct timeout_scope *scope, nanos span)
{
    const struct task *task = task_current();
    REQUIRE(task, "timeout_enter: inside a step of a Task");
    timeout_enter_at(scope, nanos_after(loop_time(task->future.loop), span));
}

int timeout_reschedule(struct timeout_scope *scope, nanos when)
{
    if (scope->state != TIMEOUT_ENTERED)
        return -EINVAL;
    set_timer(scope, when);
    return 0;
}

/* Takes the scope's own cancellation back. If no other is left, it was the only
 * reason to end. */
struct outcome timeout_exit(struct timeout_scope *scope, struct outcome came)
{
    loop_cancel(scope->task->future.loop, &scope->timer);
    if (scope->state == TIMEOUT_ENTERED)
        scope->state = TIMEOUT_EXITED;
    if (scope->state != TIMEOUT_EXPIRING)
        return came;
    scope->state = TIMEOUT_EXPIRED;
    if (task_uncancel(scope->task) > scope->cancelling ||
        !outcome_failed_with(&came, &cancelled_type))
        return came;
    return outcome_because(outcome_fail(&timeout_type, -ETIMEDOUT, NULL), came);
}
