/* SPDX-License-Identifier: MIT */
#include "deferreds/looping_call.h"

#include "base/contract.h"
#include "callbacks/failure.h"
#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"
#include "deferreds/ladder.h"
#include "deferreds/made.h"
#include "deferreds/rung_name.h"

static void make_call(struct looping_call *call);

static void looping_call_finish(struct looping_call *call,
                                struct outcome outcome)
{
    call->running = false;
    deferred_fire(&call->done, outcome);
}

/* ---- when ---- */

/* How many intervals have passed since the start. */
static nanos interval_now(const struct looping_call *call)
{
    return (loop_time(call->loop) - call->start) / call->interval;
}

/* The next tick that is not past, however long the calls took. */
static void schedule(struct looping_call *call)
{
    nanos when = loop_time(call->loop);
    if (call->interval > 0)
        when =
            nanos_after(call->start, (interval_now(call) + 1) * call->interval);
    loop_call_at(call->loop, &call->timer, when);
}

/* How many intervals have passed since the last call; 0: it was called in this
 * one already. */
static nanos count_intervals(struct looping_call *call)
{
    if (call->interval == 0)
        return 1;
    nanos before = call->last;
    call->last = interval_now(call);
    return call->last - before;
}

/* ---- calls ---- */

static void called(struct looping_call *call, struct outcome outcome)
{
    if (outcome_is_failure(&outcome)) {
        looping_call_finish(call, outcome);
        return;
    }
    outcome_drop(outcome);
    if (call->running)
        schedule(call);
    else
        looping_call_finish(call, outcome_borrowed(call));
}

static struct outcome on_answer(void *context, struct outcome outcome)
{
    struct looping_call *call = context;
    call->waited = NULL;
    called(call, outcome);
    return outcome_none();
}
RUNG_NAME(on_answer);

/* From here on the Deferred has no owner. */
static void wait_for(struct looping_call *call, struct outcome pending)
{
    struct deferred *deferred = deferred_maybe(pending);
    if (!deferred) {
        called(call, outcome_failure(&failure_no_memory));
        return;
    }
    call->waited = deferred;
    if (deferred_add_both(deferred, on_answer, call)) {
        call->waited = NULL;
        deferred_drop(deferred);
        called(call, outcome_failure(&failure_no_memory));
        return;
    }
    deferred_detach(deferred);
}

static void make_call(struct looping_call *call)
{
    nanos count = count_intervals(call);
    struct outcome outcome = outcome_none();
    if (count > 0)
        outcome = call->fn(call->context, outcome_number((intptr_t)count));
    if (outcome_is_pending(&outcome))
        wait_for(call, outcome);
    else
        called(call, outcome);
}

static void on_tick(struct handle *handle)
{
    make_call(container_of(handle, struct looping_call, timer));
}

static void describe_looping_call(const struct handle *handle, FILE *out)
{
    deferred_describe(
        &container_of(handle, const struct looping_call, timer)->done, out);
}
HANDLE_NAME(on_tick, "a looping call", describe_looping_call);
WAIT_SHAPE_BY(on_tick, "LoopingCall", struct looping_call, timer,
              WAIT_PART(WAIT_FIRES, struct looping_call, done));

/* ---- from outside ---- */

/* The canceller. True: it waits for a call, whose end will fire the
 * Deferred. */
static bool looping_call_end(struct looping_call *call)
{
    call->running = false;
    if (call->timer.state == HANDLE_IDLE)
        return true;
    loop_cancel(call->loop, &call->timer);
    return false;
}

static bool give_up(struct deferred *done)
{
    struct looping_call *call = container_of(done, struct looping_call, done);
    bool waits = looping_call_end(call);
    if (call->waited)
        deferred_cancel(call->waited);
    return waits;
}
WAIT_SHAPE_BY(give_up, "LoopingCall", struct looping_call, done,
              WAIT_PART(WAIT_TIMER, struct looping_call, timer),
              WAIT_PART(WAIT_ON, struct looping_call, waited));

struct deferred *looping_call_start(struct looping_call *call, nanos interval,
                                    bool now)
{
    REQUIRE(!call->running && !call->waited,
            "looping_call_start: it does not run");
    REQUIRE(interval >= 0, "looping_call_start: the interval is not negative");
    deferred_init(&call->done, give_up);
    call->timer = (struct handle){.run = on_tick};
    call->interval = interval;
    call->start = loop_time(call->loop);
    call->last = now ? -1 : 0;
    call->running = true;
    if (now)
        make_call(call);
    else
        schedule(call);
    return &call->done;
}

void looping_call_stop(struct looping_call *call)
{
    REQUIRE(call->running, "looping_call_stop: it runs");
    if (!looping_call_end(call))
        looping_call_finish(call, outcome_borrowed(call));
}

void looping_call_reset(struct looping_call *call)
{
    REQUIRE(call->running, "looping_call_reset: it runs");
    call->start = loop_time(call->loop);
    call->last = 0;
    if (call->timer.state != HANDLE_IDLE)
        schedule(call);
}
