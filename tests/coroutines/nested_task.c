/* SPDX-License-Identifier: MIT */
/* Other cores behind coroutines/task.h, delegate.h and gather.h, in one file as
 * a learner of lesson E5 might write them: a step calls the next one, one
 * function wakes a Task whatever it has waited for, gather has an
 * array of its own, and nothing has a name for `ps`. Code that uses the cores
 * must not notice, but for a Task with more answers that are there at once than
 * fit on a stack. */
#include "coroutines/delegate.h"
#include "coroutines/future_set.h"
#include "coroutines/gather.h"
#include "coroutines/task.h"
#include "deferreds/list.h"

#include <errno.h>
#include <stdlib.h>

/* ---- yield from ---- */

struct outcome generator_delegate(struct generator *inner, struct outcome sent)
{
    bool exits = outcome_is_failure(&sent) &&
                 outcome_failed_with(&sent, &generator_exit_type);
    if (!exits)
        return generator_send(inner, sent);
    struct outcome came = generator_close(inner);
    if (outcome_is_none(&came))
        return sent;
    outcome_drop(sent);
    return came;
}

/* ---- a Task ---- */

static void step(struct task *task, struct outcome sent);

/* What it has waited for, or nothing. */
static void go_on(struct handle *handle)
{
    struct task *task = container_of(handle, struct task, handle);
    struct awaitable *awaited = task->awaits;
    task->awaits = NULL;
    step(task, awaited ? awaitable_take(awaited) : outcome_none());
}

static void go_on_soon(struct handle *handle)
{
    struct task *task = container_of(handle, struct task, handle);
    handle->run = go_on;
    loop_call_soon(task->future.loop, handle);
}

static void end(struct task *task, struct outcome came)
{
    struct future *future = &task->future;
    if (task->must_cancel && !outcome_is_failure(&came)) {
        outcome_drop(came);
        came = outcome_failure(&failure_cancelled);
    }
    generator_drop(task->generator);
    task->generator = NULL;
    all_tasks_remove(task);
    future_end_with(future, came);
    future_unref(future);
}

static void wait_for(struct task *task, struct awaitable *awaitable)
{
    if (awaitable_ready(awaitable)) {
        step(task, awaitable_take(awaitable));
        return;
    }
    task->awaits = awaitable;
    task->handle.run = awaitable->ops->ends_inside_a_call ? go_on_soon : go_on;
    awaitable_notify(awaitable, &task->handle);
    if (task->must_cancel)
        task->must_cancel = !awaitable_cancel(awaitable);
}

static void step(struct task *task, struct outcome sent)
{
    if (task->must_cancel) {
        outcome_drop(sent);
        sent = outcome_failure(&failure_cancelled);
        task->must_cancel = false;
    }
    struct outcome came = task_send(task, sent);
    if (generator_is_over(task->generator)) {
        end(task, came);
        return;
    }
    if (outcome_is_none(&came)) {
        go_on_soon(&task->handle);
        return;
    }
    came = task_check_yield(task, came);
    if (outcome_is_failure(&came))
        step(task, came);
    else
        wait_for(task, came.awaitable);
}

bool task_cancel(struct task *task)
{
    if (!task->generator)
        return false;
    task->cancelling++;
    task->must_cancel = !task->awaits || !awaitable_cancel(task->awaits);
    return true;
}

static bool cancel_future(struct future *future)
{
    return task_cancel(container_of(future, struct task, future));
}

void task_init(struct task *task, struct loop *loop,
               struct generator *generator)
{
    memset(task, 0, sizeof *task);
    future_init(&task->future, loop);
    future_ref(&task->future);
    task->future.what = "Task";
    task->future.cancel = cancel_future;
    task->name = generator->name;
    task->generator = generator;
    all_tasks_add(task);
    go_on_soon(&task->handle);
}

void task_close(struct task *task)
{
    if (!task->generator)
        return;
    if (task->awaits)
        awaitable_withdraw(task->awaits, &task->handle);
    loop_cancel(task->future.loop, &task->handle);
    if (task->awaits)
        awaitable_drop(task->awaits);
    task->awaits = NULL;
    end(task, outcome_failure(&failure_cancelled));
}

/* ---- gather ---- */

struct child {
    struct handle handle; /* it is done */
    struct gather *gather;
    struct future *future;
};

struct gather {
    struct future future;
    bool keeps_failures, stops;
    size_t count, done;
    struct child children[];
};

static struct outcome all_outcomes(const struct gather *gather)
{
    struct outcome_list *list = outcome_list_new(gather->count);
    if (!list)
        return outcome_failure(&failure_no_memory);
    for (size_t i = 0; i < gather->count; i++)
        list->outcomes[i] = future_share(gather->children[i].future);
    return outcome_value(&list_kind, list);
}

static void end_if_all_are_done(struct gather *gather)
{
    if (gather->done < gather->count || future_done(&gather->future))
        return;
    future_end_with(&gather->future, gather->stops
                                         ? outcome_failure(&failure_cancelled)
                                         : all_outcomes(gather));
}

static void child_is_done(struct handle *handle)
{
    struct child *child = container_of(handle, struct child, handle);
    struct gather *gather = child->gather;
    const struct outcome *came = NULL;
    future_result(child->future, &came);
    gather->done++;
    if (outcome_is_failure(came) && !gather->keeps_failures && !gather->stops)
        future_set_exception(&gather->future, failure_ref(came->failure));
    end_if_all_are_done(gather);
}

static bool cancel_children(struct future *future)
{
    struct gather *gather = container_of(future, struct gather, future);
    bool any = false;
    if (future_done(future))
        return false;
    future_ref(future);
    for (size_t i = 0; i < gather->count; i++)
        if (future_cancel(gather->children[i].future))
            gather->stops = any = true;
    future_unref(future);
    return any;
}

static void free_gather(struct future *future)
{
    struct gather *gather = container_of(future, struct gather, future);
    for (size_t i = 0; i < gather->count; i++) {
        struct child *child = &gather->children[i];
        future_remove_done_callback(child->future, &child->handle);
        future_unref(child->future);
    }
    free(gather);
}

struct future *future_gather(struct loop *loop, struct future *const *futures,
                             size_t count, bool return_exceptions)
{
    struct gather *gather =
        calloc(1, sizeof *gather + count * sizeof *gather->children);
    if (!gather) {
        futures_unref(futures, count);
        return NULL;
    }
    future_init(&gather->future, loop);
    gather->future.cancel = cancel_children;
    gather->future.release = free_gather;
    gather->keeps_failures = return_exceptions;
    gather->count = count;
    for (size_t i = 0; i < count; i++) {
        struct child *child = &gather->children[i];
        *child = (struct child){{.run = child_is_done}, gather, futures[i]};
        future_add_done_callback(futures[i], &child->handle);
    }
    for (size_t i = 0; i < count; i++)
        if (futures[i]->loop != loop)
            future_finish(
                &gather->future,
                outcome_fail(&misuse_type, -EINVAL,
                             "The future belongs to a different loop than "
                             "the one specified as the loop argument"));
    end_if_all_are_done(gather);
    return &gather->future;
}
