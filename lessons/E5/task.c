/* SPDX-License-Identifier: MIT */
/* A coroutine that moves by itself.
 *
 *     1  generator_delegate            yield from
 *     2  task_init, task_step          a Task makes steps
 *     3  has_to_wait, task_wake        and waits in between
 *     4  task_cancel, what_to_send, …  until it is told to stop
 *     5  on_done, cancel_all           several of them as one: gather
 *
 * Each function says above its first line what it has to do; the structs are in
 * coroutines/task.h and, of gather, in lessons/E5/tree.h. */
#ifndef STEP
#define STEP 5
#define SOLVED 5
#endif

#include "coroutines/task.h"

#include "coroutines/delegate.h"
#if STEP >= 5
#include "coroutines/gather.h"
#include "deferreds/list.h"
#include "lessons/E5/tree.h"
#endif
#include "lessons/your_code.h"

#include <errno.h>
#if STEP >= 5
#include <stdlib.h>
#endif

/* ---- step 1: yield from ---- */

/* One step of `yield from inner`. `sent` is what the outer generator was sent;
 * what is returned is yielded by it, for as long as the inner one has yielded,
 * and is the value of the whole expression when that is over. So all that is
 * sent goes on to the inner one: values, None, failures.
 *
 * One thing is different. GeneratorExit closes the inner one first: if that
 * goes well, the same GeneratorExit is returned, for the outer one; if it
 * fails, that failure, and GeneratorExit is dropped. */
struct outcome generator_delegate(struct generator *inner, struct outcome sent)
{
#if SOLVED >= 1
    if (!outcome_failed_with(&sent, &generator_exit_type))
        return generator_send(inner, sent);
    struct outcome came = generator_close(inner);
    if (!outcome_is_failure(&came))
        return sent;
    outcome_drop(sent);
    return came;
#else
    YOUR_CODE(inner, sent);
    return outcome_none();
#endif
}
#if STEP >= 2

/* ---- step 2: a Task moves by itself ---- */

static void task_step(struct task *task, struct outcome sent);

/* Given: its turn has come. */
static void on_turn(struct handle *handle)
{
    task_step(container_of(handle, struct task, handle), outcome_none());
}

/* Given: the next step is made in the loop's next turn. */
static void step_soon(struct task *task)
{
    task->handle.run = on_turn;
    loop_call_soon(task->future.loop, &task->handle);
}

/* Given: the generator is over, and `came` is its end. That is the Task's own
 * outcome; one that was told to stop is cancelled. */
static void finish(struct task *task, struct outcome came)
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

/* Given: to cancel the Future is to cancel the Task. */
static bool cancel_task(struct future *future)
{
    return task_cancel(container_of(future, struct task, future));
}
#if STEP < 3

/* Given until step 3: nothing can be waited for yet. */
static bool has_to_wait(struct task *task, struct outcome *came)
{
    (void)task;
    outcome_drop(*came);
    *came = outcome_fail(&misuse_type, -ENOSYS, "to wait is step 3");
    return false;
}
#else

static bool has_to_wait(struct task *task, struct outcome *came);
#endif
#if STEP < 4

/* Given until step 4. */
static struct outcome what_to_send(struct task *task, struct outcome sent)
{
    (void)task;
    return sent;
}

bool task_cancel(struct task *task)
{
    (void)task;
    return false;
}
#else

static struct outcome what_to_send(struct task *task, struct outcome sent);
#endif

/* A new Task, of whose storage nothing is known. All is 0 but its generator and
 * its name, which is the generator's. Its Future: future_init, then future.what
 * is "Task", and future.cancel cancel_task. It has two owners: its maker, and
 * itself until it is over: future_ref. all_tasks_add(task). Nothing of the
 * generator runs in here: step_soon. */
void task_init(struct task *task, struct loop *loop,
               struct generator *generator)
{
#if SOLVED >= 2
    *task = (struct task){.generator = generator, .name = generator->name};
    future_init(&task->future, loop);
    task->future.what = "Task";
    task->future.cancel = cancel_task;
    future_ref(&task->future);
    all_tasks_add(task);
    step_soon(task);
#else
    *task = (struct task){.name = generator->name};
    future_init(&task->future, loop);
    YOUR_CODE(task, step_soon, cancel_task);
#endif
}

/* A step: sends to the generator, by task_send(task, what_to_send(task, sent)),
 * and looks at what has come.
 *
 *   the generator is over: finish(task, came). The Task may be gone then.
 *   it has yielded None: it has given way to others, step_soon
 *   it has yielded anything else: if has_to_wait(task, &came), that is all for
 *        now; if not, `came` is what is to be sent next, at once: in a loop */
static void task_step(struct task *task, struct outcome sent)
{
#if SOLVED >= 2
    struct outcome came = task_send(task, what_to_send(task, sent));
    while (!generator_is_over(task->generator)) {
        if (outcome_is_none(&came)) {
            step_soon(task);
            return;
        }
        if (has_to_wait(task, &came))
            return;
        came = task_send(task, what_to_send(task, came));
    }
    finish(task, came);
#else
    YOUR_CODE(task, sent, what_to_send, has_to_wait, finish);
#endif
}

/* Given: ends one that still waits, when its loop runs no more. */
void task_close(struct task *task)
{
    if (!task->generator)
        return;
    struct awaitable *awaited = task->awaits;
    task->awaits = NULL;
    if (awaited)
        awaitable_withdraw(awaited, &task->handle);
    loop_cancel(task->future.loop, &task->handle);
    if (awaited)
        awaitable_drop(awaited);
    finish(task, outcome_failure(&failure_cancelled));
}
#endif
#if STEP >= 3

/* ---- step 3: and waits in between ---- */

static void task_wake(struct handle *handle);

/* Given: the same, for what ends inside a call that other code makes. */
static void wake_soon(struct handle *handle)
{
    struct task *task = container_of(handle, struct task, handle);
    task->handle.run = task_wake;
    loop_call_soon(task->future.loop, &task->handle);
}

/* Given: task_wake is called, by the loop, when task->awaits is ready. */
static void wake_when_ready(struct task *task)
{
    struct awaitable *awaits = task->awaits;
    task->handle.run = awaits->ops->ends_inside_a_call ? wake_soon : task_wake;
    awaitable_notify(awaits, &task->handle);
}
#if STEP < 4

/* Given until step 4. */
static void cancel_if_asked(struct task *task)
{
    (void)task;
}
#else

static void cancel_if_asked(struct task *task);
#endif

/* The generator has yielded *came, and waits for it. First *came =
 * task_check_yield(task, *came): it cannot be waited for if that is a failure.
 * That failure is to be sent to the generator: false. If what came->awaitable
 * will be is there already (awaitable_ready), *came is that (awaitable_take):
 * false. Else task->awaits is the awaitable, wake_when_ready(task), at last
 * cancel_if_asked(task): true. */
static bool has_to_wait(struct task *task, struct outcome *came)
{
#if SOLVED >= 3
    *came = task_check_yield(task, *came);
    if (outcome_is_failure(came))
        return false;
    if (awaitable_ready(came->awaitable)) {
        *came = awaitable_take(came->awaitable);
        return false;
    }
    task->awaits = came->awaitable;
    wake_when_ready(task);
    cancel_if_asked(task);
    return true;
#else
    YOUR_CODE(task, wake_when_ready, cancel_if_asked);
    outcome_drop(*came);
    *came = outcome_fail(&misuse_type, -ENOSYS, "to wait is not written yet");
    return false;
#endif
}

/* What the Task waits for is ready: it waits no more (task->awaits is NULL),
 * and makes a step with what has come of it, which is taken. */
static void task_wake(struct handle *handle)
{
    struct task *task = container_of(handle, struct task, handle);
#if SOLVED >= 3
    struct awaitable *awaited = task->awaits;
    task->awaits = NULL;
    task_step(task, awaitable_take(awaited));
#else
    YOUR_CODE(task);
#endif
}
#endif
#if STEP >= 4

/* ---- step 4: cancel ---- */

/* The Task is to stop. False when it is over (future_done). Else
 * task->cancelling is one more, and CancelledError is to come out of its yield:
 * what it waits for is cancelled, by awaitable_cancel. If it waits for nothing,
 * or if that was ready before (awaitable_cancel is false), task->must_cancel
 * notes it for the next step. True. */
bool task_cancel(struct task *task)
{
#if SOLVED >= 4
    if (future_done(&task->future))
        return false;
    task->cancelling++;
    if (!task->awaits || !awaitable_cancel(task->awaits))
        task->must_cancel = true;
    return true;
#else
    YOUR_CODE(task);
    return false;
#endif
}

/* What goes into the generator: `sent`; but when task->must_cancel, and then it
 * is done, outcome_failure(&failure_cancelled), and `sent` is dropped. */
static struct outcome what_to_send(struct task *task, struct outcome sent)
{
#if SOLVED >= 4
    if (!task->must_cancel)
        return sent;
    task->must_cancel = false;
    outcome_drop(sent);
    return outcome_failure(&failure_cancelled);
#else
    YOUR_CODE(task);
    return sent;
#endif
}

/* It has just begun to wait for task->awaits. Was it told to stop before,
 * inside its own step, then that is cancelled; task->must_cancel is done if
 * awaitable_cancel says so. */
static void cancel_if_asked(struct task *task)
{
#if SOLVED >= 4
    if (task->must_cancel && awaitable_cancel(task->awaits))
        task->must_cancel = false;
#else
    YOUR_CODE(task);
#endif
}
#endif
#if STEP >= 5

/* ---- step 5: gather ---- */

/* Given: what came of all, in the order in which they were given. */
static struct outcome outcomes_of(const struct future_set *set)
{
    struct outcome_list *list = outcome_list_new(set->count);
    if (!list)
        return outcome_failure(&failure_no_memory);
    for (size_t i = 0; i < set->count; i++)
        list->outcomes[i] = future_share(future_set_at(set, i));
    return outcome_value(&list_kind, list);
}

/* Given: all of them are done. */
static void end_gather(struct gather *gather)
{
    gather->future.cancel = NULL;
    if (gather->cancelling)
        future_cancel(&gather->future);
    else
        future_finish(&gather->future, outcomes_of(&gather->set));
}

/* One of them, `child`, is done: gather->left is one less. future_result lends
 * its outcome; that is to be asked for in any case, so that no failure is
 * reported as one that was never read.
 *
 *   gather->future is done already: nothing else
 *   the child has failed: gather->future ends with that failure, of which we
 *        take one more reference, failure_ref(outcome->failure). But with
 *        return_exceptions, or when it is cancelling, it counts as any other
 *   none is left: end_gather */
static void on_done(struct future_set *set, struct future *child)
{
    struct gather *gather = container_of(set, struct gather, set);
#if SOLVED >= 5
    const struct outcome *outcome;
    gather->left--;
    if (future_result(child, &outcome) || future_done(&gather->future))
        return;
    if (outcome_is_failure(outcome) && !gather->return_exceptions &&
        !gather->cancelling)
        future_finish(&gather->future,
                      outcome_failure(failure_ref(outcome->failure)));
    else if (!gather->left)
        end_gather(gather);
#else
    YOUR_CODE(gather, child, end_gather);
#endif
}

/* To cancel gather's Future is to cancel all of them:
 * future_set_at(&gather->set, i), for i below gather->set.count. It ends when
 * they have ended, so here gather->cancelling is only noted, if any of them
 * could be cancelled; and that is what is returned. False when it is done. */
static bool cancel_all(struct future *future)
{
    struct gather *gather = container_of(future, struct gather, future);
#if SOLVED >= 5
    bool any = false;
    if (future_done(future))
        return false;
    for (size_t i = 0; i < gather->set.count; i++)
        any |= future_cancel(future_set_at(&gather->set, i));
    gather->cancelling |= any;
    return any;
#else
    YOUR_CODE(gather);
    return false;
#endif
}

/* Given. */
static void release(struct future *future)
{
    struct gather *gather = container_of(future, struct gather, future);
    future_set_deinit(&gather->set);
    free(gather);
}

/* Given: makes one. */
struct future *future_gather(struct loop *loop, struct future *const *futures,
                             size_t count, bool return_exceptions)
{
    struct gather *gather = malloc(sizeof *gather);
    if (!gather) {
        futures_unref(futures, count);
        return NULL;
    }
    *gather =
        (struct gather){.return_exceptions = return_exceptions, .left = count};
    if (future_set_init(&gather->set, futures, count, on_done)) {
        free(gather);
        return NULL;
    }
    future_init(&gather->future, loop);
    gather->future.what = "gather";
    gather->future.cancel = cancel_all;
    gather->future.release = release;
    if (!count)
        end_gather(gather);
    return &gather->future;
}
#endif
