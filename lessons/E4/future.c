/* SPDX-License-Identifier: MIT */
/* A Future: an outcome that is not there yet, and that many may look at.
 *
 *     1  future_finish, _result, _unref    set once, read any time
 *     2  future_add_done_callback, …       told by the loop
 *     3  future_cancel                     not needed any more
 *     4  division                          a Future eats a callback
 *     5  foo, baz, on_complete             a coroutine waits for one
 *     6  report_unasked                    a failure that was never read
 *
 * Each function says above its first line what it has to do; the struct is in
 * coroutines/future.h. */
#ifndef STEP
#define STEP 6
#define SOLVED 6
#endif

#include "coroutines/future.h"

#include "callbacks/unhandled.h"
#if STEP >= 4
#include "lessons/E4/answers.h"
#endif
#include "lessons/your_code.h"

#include <errno.h>

/* Given: pending, with one owner. */
void future_init(struct future *future, struct loop *loop)
{
    *future = (struct future){.awaitable.ops = &future_ops,
                              .what = "Future",
                              .loop = loop,
                              .references = 1};
}
#if STEP < 2

/* Given until step 2: no code waits yet. */
static void call_all_soon(struct future *future)
{
    (void)future;
}
#else

static void call_all_soon(struct future *future);
#endif
#if STEP < 6

/* Given until step 6: nothing is told. */
static void report_unasked(const struct future *future)
{
    (void)future;
}
#else

static void report_unasked(const struct future *future);
#endif

/* ---- step 1: set once, read any time ---- */

/* Ends it: FUTURE_FINISHED, with this outcome, which may be a failure. Then
 * call_all_soon(future), and 0. One that is done already (future_done) stays as
 * it is: the outcome is dropped, -EALREADY.
 *
 * If it is a failure, future->unasked notes that it has not been looked at yet;
 * unless future->disregarded. */
int future_finish(struct future *future, struct outcome outcome)
{
#if SOLVED >= 1
    if (future_done(future)) {
        outcome_drop(outcome);
        return -EALREADY;
    }
    future->state = FUTURE_FINISHED;
    future->unasked = outcome_is_failure(&outcome) && !future->disregarded;
    future->outcome = outcome;
    call_all_soon(future);
    return 0;
#else
    YOUR_CODE(future, outcome, call_all_soon);
    return -ENOSYS;
#endif
}

/* Lends its outcome: *outcome points to it, and 0. The Future keeps it, so it
 * may be asked for again and again. While it is pending: -EINVAL. Once asked
 * for it is looked at: future->unasked is false. */
int future_result(struct future *future, const struct outcome **outcome)
{
#if SOLVED >= 1
    if (!future_done(future))
        return -EINVAL;
    future->unasked = false;
    *outcome = &future->outcome;
    return 0;
#else
    YOUR_CODE(future, outcome);
    return -ENOSYS;
#endif
}

/* An owner lets go: one reference less. The last one has report_unasked(future)
 * look, then drops the outcome, and calls future->release(future), if there is
 * one: after that the Future may be gone. */
void future_unref(struct future *future)
{
#if SOLVED >= 1
    if (--future->references)
        return;
    report_unasked(future);
    outcome_drop(outcome_take(&future->outcome));
    if (future->release)
        future->release(future);
#else
    YOUR_CODE(future, report_unasked);
#endif
}
#if STEP >= 2

/* ---- step 2: callbacks, through the loop ---- */

/* Given: the handles that wait, in order, are a list through themselves, from
 * future->first to future->last. In it a handle is HANDLE_WAITING. */
static void list_append(struct future *future, struct handle *handle)
{
    handle->state = HANDLE_WAITING;
    handle->next = NULL;
    handle->previous = future->last;
    if (future->last)
        future->last->next = handle;
    else
        future->first = handle;
    future->last = handle;
}

/* Given: out of the list; HANDLE_IDLE then. */
static void list_remove(struct future *future, struct handle *handle)
{
    handle->state = HANDLE_IDLE;
    if (handle->previous)
        handle->previous->next = handle->next;
    else
        future->first = handle->next;
    if (handle->next)
        handle->next->previous = handle->previous;
    else
        future->last = handle->previous;
}

/* The handle is to be called when the Future is done: it goes into the list. If
 * it is done already, the loop calls it in its next turn: loop_call_soon. It is
 * never called in here. */
void future_add_done_callback(struct future *future, struct handle *handle)
{
#if SOLVED >= 2
    if (future_done(future))
        loop_call_soon(future->loop, handle);
    else
        list_append(future, handle);
#else
    YOUR_CODE(future, handle, list_append);
#endif
}

/* It is done: each handle leaves the list, first in first out, and then the
 * loop is to call it, by loop_call_soon. Its members `next` and `previous` are
 * used by the loop's queue, too. */
static void call_all_soon(struct future *future)
{
#if SOLVED >= 2
    while (future->first) {
        struct handle *handle = future->first;
        list_remove(future, handle);
        loop_call_soon(future->loop, handle);
    }
#else
    YOUR_CODE(future, list_remove);
#endif
}

/* The handle is not to be called any more. It may be in the list
 * (HANDLE_WAITING), or on its way, in the loop (loop_cancel): true. False if it
 * is HANDLE_IDLE: it was not going to be called. */
bool future_remove_done_callback(struct future *future, struct handle *handle)
{
#if SOLVED >= 2
    if (handle->state == HANDLE_IDLE)
        return false;
    if (handle->state == HANDLE_WAITING)
        list_remove(future, handle);
    else
        loop_cancel(future->loop, handle);
    return true;
#else
    YOUR_CODE(future, handle);
    return false;
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: cancel ---- */

/* The outcome is not needed any more. False when it is done. Else it ends as
 * FUTURE_CANCELLED, with outcome_failure(&failure_cancelled), and its callbacks
 * are called as ever: true. Something that is more than a Future, such as a
 * Task, has its own way to end: where there is a future->cancel, that is called
 * instead of all this, and what it returns is returned. */
bool future_cancel(struct future *future)
{
#if SOLVED >= 3
    if (future->cancel)
        return future->cancel(future);
    if (future_done(future))
        return false;
    future->state = FUTURE_CANCELLED;
    future->outcome = outcome_failure(&failure_cancelled);
    call_all_soon(future);
    return true;
#else
    YOUR_CODE(future);
    return false;
#endif
}
#endif
#if STEP >= 4

/* ---- step 4: a Future eats a callback ---- */

/* divide has called back: `context` is the Future that division has handed it,
 * with one reference. An error that is not NULL ends the Future with a failure,
 * outcome_fail(&misuse_type, 0, "%s", error); else it ends with the result, a
 * number. Then the reference is given back. */
static void on_divided(void *context, int result, const char *error)
{
    struct future *future = context;
#if SOLVED >= 4
    if (error)
        future_finish(future, outcome_fail(&misuse_type, 0, "%s", error));
    else
        future_finish(future, outcome_number(result));
    future_unref(future);
#else
    YOUR_CODE(future, result, error);
#endif
}

/* A division to be waited for. future_new is a Future on the heap, with one
 * reference, which goes to divide, as the context of on_divided. The code that
 * waits has another one: what is returned is future_await(future). Mind that
 * divide may call back at once. Without memory, future_new is NULL:
 * outcome_failure(&failure_no_memory). */
struct outcome division(struct loop *loop, int dividend, int divisor)
{
#if SOLVED >= 4
    struct future *future = future_new(loop);
    if (!future)
        return outcome_failure(&failure_no_memory);
    struct outcome pending = future_await(future);
    divide(loop, dividend, divisor, on_divided, future);
    return pending;
#else
    YOUR_CODE(loop, dividend, divisor, on_divided);
    return outcome_none();
#endif
}
#endif
#if STEP >= 5

/* ---- step 5: a is 3, b is 5 ---- */

/* Given: a Future that is done already. Of its two references the first one is
 * given back; the wait has the other. */
struct outcome bar(struct loop *loop)
{
    struct future *future = future_new(loop);
    if (!future)
        return outcome_failure(&failure_no_memory);
    struct outcome pending = future_await(future);
    future_set_result(future, outcome_number(3));
    future_unref(future);
    return pending;
}

/* A second has passed: the Future that was promised is set to 5, and the
 * reference of foo->promised is given back. */
void on_complete(struct handle *timer)
{
    struct foo_frame *foo = container_of(timer, struct foo_frame, timer);
#if SOLVED >= 5
    future_set_result(foo->promised, outcome_number(5));
    future_unref(foo->promised);
#else
    YOUR_CODE(foo);
#endif
}

/* A new Future, which foo->promised keeps until on_complete. That is called in
 * a second: foo->timer.run = on_complete, and loop_call_at(foo->loop,
 * &foo->timer, loop_time(foo->loop) + NANOS_PER_SECOND). What is returned is to
 * be waited for, as in division. */
struct outcome baz(struct foo_frame *foo)
{
#if SOLVED >= 5
    foo->promised = future_new(foo->loop);
    if (!foo->promised)
        return outcome_failure(&failure_no_memory);
    foo->timer.run = on_complete;
    loop_call_at(foo->loop, &foo->timer,
                 loop_time(foo->loop) + NANOS_PER_SECOND);
    return future_await(foo->promised);
#else
    YOUR_CODE(foo);
    return outcome_none();
#endif
}

/* A generator, by the macros of coroutines/frame.h:
 *
 *     a = yield from bar(loop)      CO_AWAIT(bar(f->loop)); f->a = got.number;
 *     say("a", a)                   f->say(f, "a", f->a);
 *     b = yield from baz(...)       and so on
 *     say("b", b)
 *     return a + b                  CO_RETURN(outcome_number(…));
 *
 * Between CO_BEGIN and CO_END. */
struct outcome foo(struct generator *self, struct outcome got)
{
    CO_FRAME(struct foo_frame, f);
#if SOLVED >= 5
    CO_BEGIN;
    CO_AWAIT(bar(f->loop));
    f->a = got.number;
    f->say(f, "a", f->a);
    CO_AWAIT(baz(f));
    f->b = got.number;
    f->say(f, "b", f->b);
    CO_RETURN(outcome_number(f->a + f->b));
    CO_END;
#else
    YOUR_CODE(f, co_frame, got);
    return generator_return(self, outcome_none());
#endif
}
#endif
#if STEP >= 6

/* ---- step 6: never asked ---- */

/* The last owner lets go. If there is a failure that was never looked at
 * (future->unasked), it is lost, and that is said: unhandled_report("Future
 * exception was never retrieved", …) of the outcome. Else nothing. */
static void report_unasked(const struct future *future)
{
#if SOLVED >= 6
    if (future->unasked)
        unhandled_report("Future exception was never retrieved",
                         &future->outcome);
#else
    YOUR_CODE(future);
#endif
}
#endif
