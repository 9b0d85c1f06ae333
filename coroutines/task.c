/* SPDX-License-Identifier: MIT */
#include "coroutines/task.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"

static void task_step(struct task *task, struct outcome sent);

static void describe_task(const struct handle *handle, FILE *out)
{
    fputs(container_of(handle, struct task, handle)->name, out);
}

/* ---- from the loop to the next step ---- */

/* The Task's turn has come: its first step, or the one after a bare yield. */
static void on_turn(struct handle *handle)
{
    task_step(container_of(handle, struct task, handle), outcome_none());
}
HANDLE_NAME(on_turn, "a Task whose turn has come", describe_task);

static void step_soon(struct task *task)
{
    task->handle.run = on_turn;
    loop_call_soon(task->future.loop, &task->handle);
}

/* What it has been waiting for is there. */
static void task_wake(struct handle *handle)
{
    struct task *task = container_of(handle, struct task, handle);
    struct awaitable *awaited = task->awaits;
    task->awaits = NULL;
    task_step(task, awaitable_take(awaited));
}
HANDLE_NAME(task_wake, "a Task that need not wait any more", describe_task);

/* The same, when it is reported inside a call of other code that fires a
 * Deferred: a step here would run inside that code, so it waits for the next
 * turn. */
static void wake_soon(struct handle *handle)
{
    struct task *task = container_of(handle, struct task, handle);
    task->handle.run = task_wake;
    loop_call_soon(task->future.loop, &task->handle);
}

/* ---- the end of a step ---- */

/* A body that returns although it was asked to stop counts as cancelled (TA5);
 * one that fails has failed. The generator is dropped first, so that what it
 * held is free when the callbacks run. */
static void finish_task(struct task *task, struct outcome came)
{
    struct future *future = &task->future;
    bool cancelled = outcome_is_failure(&came)
                         ? failure_is(came.failure, &cancelled_type)
                         : task->must_cancel;
    generator_drop(task->generator);
    task->generator = NULL;
    all_tasks_remove(task);
    future->cancel = NULL;
    if (cancelled) {
        outcome_drop(came);
        future_cancel(future);
    } else {
        future_finish(future, came);
    }
    future_unref(future);
}

static void wait_for(struct task *task, struct awaitable *awaitable)
{
    task->awaits = awaitable;
    task->handle.run =
        awaitable->ops->ends_inside_a_call ? wake_soon : task_wake;
    awaitable_notify(awaitable, &task->handle);
    /* The body has cancelled its own Task in this step. */
    if (task->must_cancel && awaitable_cancel(awaitable))
        task->must_cancel = false;
}

/* ---- a step ---- */

static struct outcome resume_task(struct task *task, struct outcome sent)
{
    if (task->must_cancel) {
        task->must_cancel = false;
        outcome_drop(sent);
        sent = outcome_failure(&failure_cancelled);
    }
    return task_send(task, sent);
}

/* Goes on in a loop while the outcome that the generator asks for is there
 * already. */
static void task_step(struct task *task, struct outcome sent)
{
    for (;;) {
        struct outcome came = resume_task(task, sent);
        if (generator_is_over(task->generator)) {
            finish_task(task, came);
            return;
        }
        if (outcome_is_none(&came)) {
            step_soon(task);
            return;
        }
        came = task_check_yield(task, came);
        if (outcome_is_failure(&came)) {
            sent = came;
        } else if (awaitable_ready(came.awaitable)) {
            sent = awaitable_take(came.awaitable);
        } else {
            wait_for(task, came.awaitable);
            return;
        }
    }
}

/* ---- from outside ---- */

bool task_cancel(struct task *task)
{
    if (future_done(&task->future))
        return false;
    task->cancelling++;
    if (!task->awaits || !awaitable_cancel(task->awaits))
        task->must_cancel = true;
    return true;
}

static bool cancel_task(struct future *future)
{
    return task_cancel(container_of(future, struct task, future));
}

void task_init(struct task *task, struct loop *loop,
               struct generator *generator)
{
    *task = (struct task){.generator = generator, .name = generator->name};
    future_init(&task->future, loop);
    task->future.what = "Task";
    task->future.cancel = cancel_task;
    future_ref(&task->future);
    all_tasks_add(task);
    step_soon(task);
}

/* The handle of the Task may be registered with what it waits for, or be
 * scheduled on the loop: for its turn, or by wake_soon. */
void task_close(struct task *task)
{
    if (!task->generator)
        return;
    REQUIRE(task->generator->state != GENERATOR_RUNNING,
            "task_close: not from inside its own step");
    struct awaitable *awaited = task->awaits;
    task->awaits = NULL;
    if (awaited)
        awaitable_withdraw(awaited, &task->handle);
    loop_cancel(task->future.loop, &task->handle);
    if (awaited)
        awaitable_drop(awaited);
    finish_task(task, outcome_failure(&failure_cancelled));
}

INSPECTED_CORE(task);
