/* SPDX-License-Identifier: MIT */
#include "coroutines/wait_for.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

#include <errno.h>
#include <stdlib.h>

/* Has the awaited been cancelled, and why? */
enum stopping { GOES_ON, CANCELLED, TIMED_OUT };

struct wait_for {
    struct future future;
    struct awaitable *awaits; /* NULL: it has ended */
    struct handle ended, timer;
    enum stopping stopping;
};

static struct wait_for *wait_for_of(struct future *future)
{
    return container_of(future, struct wait_for, future);
}

/* ---- the end ---- */

static void cancel_now(struct wait_for *it)
{
    it->future.cancel = NULL;
    future_cancel(&it->future);
}

static struct outcome too_late(struct outcome cancelled)
{
    return outcome_because(outcome_fail(&timeout_type, -ETIMEDOUT, NULL),
                           cancelled);
}

static void on_ended(struct handle *handle)
{
    struct wait_for *it = container_of(handle, struct wait_for, ended);
    struct outcome came = awaitable_take(it->awaits);
    it->awaits = NULL;
    loop_cancel(it->future.loop, &it->timer);
    if (it->stopping == CANCELLED) {
        outcome_drop(came);
        cancel_now(it);
        return;
    }
    if (it->stopping == TIMED_OUT &&
        outcome_failed_with(&came, &cancelled_type))
        came = too_late(came);
    future_finish(&it->future, came);
}
HANDLE_NAME(on_ended, "wait_for", NULL);
WAIT_SHAPE_BY(on_ended, "wait_for", struct wait_for, ended,
              WAIT_PART(WAIT_ENDS, struct wait_for, future));

static void let_go(struct wait_for *it)
{
    if (!it->awaits)
        return;
    awaitable_withdraw(it->awaits, &it->ended);
    awaitable_drop(it->awaits);
    it->awaits = NULL;
}

/* ---- stopping ---- */

/* Cancels the awaited, once; from now on there is no deadline. The wait may end
 * in here. The cancellation comes too late if the awaited has ended and that is
 * not reported yet. */
static void wait_for_stop(struct wait_for *it, enum stopping why)
{
    loop_cancel(it->future.loop, &it->timer);
    it->stopping = why;
    if (awaitable_ready(it->awaits) || !awaitable_cancel(it->awaits))
        it->stopping = GOES_ON;
}

static void on_time(struct handle *handle)
{
    wait_for_stop(container_of(handle, struct wait_for, timer), TIMED_OUT);
}
HANDLE_NAME(on_time, "the deadline of wait_for", NULL);
WAIT_SHAPE_BY(on_time, "wait_for", struct wait_for, timer,
              WAIT_PART(WAIT_ENDS, struct wait_for, future));

/* True in any case: if the outcome is already there, the cancellation has no
 * effect. */
static bool cancel_wait_for(struct future *future)
{
    struct wait_for *it = wait_for_of(future);
    if (future_done(future))
        return true;
    future_ref(future); /* a canceller may drop the last other reference */
    if (it->stopping == GOES_ON) {
        wait_for_stop(it, CANCELLED);
    } else {
        let_go(it);
        cancel_now(it);
    }
    future_unref(future);
    return true;
}

static void release_wait_for(struct future *future)
{
    struct wait_for *it = wait_for_of(future);
    loop_cancel(future->loop, &it->timer);
    let_go(it);
    free(it);
}
WAIT_SHAPE_BY(release_wait_for, "wait_for", struct wait_for, future,
              WAIT_PART(WAIT_TIMER, struct wait_for, timer),
              WAIT_PART(WAIT_ON, struct wait_for, awaits));

/* ---- making one ---- */

struct outcome wait_for(struct loop *loop, struct outcome come, nanos timeout)
{
    if (!outcome_is_pending(&come))
        return come;
    if (awaitable_ready(come.awaitable))
        return awaitable_take(come.awaitable);
    struct wait_for *it = malloc(sizeof *it);
    if (!it) {
        awaitable_drop(come.awaitable);
        return outcome_failure(&failure_no_memory);
    }
    *it = (struct wait_for){
        .awaits = come.awaitable, .ended.run = on_ended, .timer.run = on_time};
    future_init(&it->future, loop);
    it->future.cancel = cancel_wait_for;
    it->future.release = release_wait_for;
    awaitable_notify(it->awaits, &it->ended);
    if (timeout <= 0)
        wait_for_stop(it, TIMED_OUT);
    else if (timeout != NEVER)
        loop_call_at(loop, &it->timer, nanos_after(loop_time(loop), timeout));
    return outcome_pending(&it->future.awaitable);
}
