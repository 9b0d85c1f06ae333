/* SPDX-License-Identifier: MIT */
#include "deferreds/deferred.h"

#include "base/contract.h"
#include "callbacks/failure.h"

#include <errno.h>
#include <stdlib.h>

static void on_inner_ready(struct handle *handle);
static void run_chain(struct deferred *deferred);

static struct deferred *deferred_of(struct awaitable *awaitable)
{
    return container_of(awaitable, struct deferred, awaitable);
}

/* Field by field: zeroing the whole, with its empty rungs, took as long as a
 * callback. */
void deferred_init(struct deferred *deferred, deferred_canceller *canceller)
{
    deferred->awaitable.ops = &deferred_ops;
    deferred->canceller = canceller;
    deferred->release = NULL;
    deferred->outcome = outcome_none();
    deferred->inner = NULL;
    deferred->outer = deferred->below = NULL;
    deferred->waiter = NULL;
    deferred->outlet = DEFERRED_NO_OUTLET;
    deferred->next = deferred->count = deferred->paused = 0;
    deferred->fired = deferred->running = deferred->offered = false;
    deferred->stopping = deferred->held = deferred->forgives = false;
    deferred->unowned = deferred->unneeded = false;
    deferred->capacity = DEFERRED_RUNGS;
    deferred->rungs = deferred->own;
    deferred_note(DEFERRED_MADE, deferred);
}

/* ---- its end ---- */

/* Out of line: most looks find that it is not over yet. */
__attribute__((noinline)) static void end(struct deferred *deferred)
{
    if (outcome_is_failure(&deferred->outcome))
        deferred_report(deferred);
    deferred_note(DEFERRED_ENDS, deferred);
    outcome_drop(outcome_take(&deferred->outcome));
    if (deferred->rungs != deferred->own) {
        free(deferred->rungs);
        deferred->rungs = deferred->own;
    }
    if (deferred->release)
        deferred->release(deferred);
}

/* It ends when it has no owner, nothing is left to run, and no code is still
 * going to fire it. */
static inline void end_if_done(struct deferred *deferred)
{
    if (deferred->unowned && deferred_is_over(deferred) &&
        !deferred->forgives && !deferred->held)
        end(deferred);
}

void deferred_detach(struct deferred *deferred)
{
    deferred->unowned = true;
    end_if_done(deferred);
}

/* ---- rungs ---- */

static int grow(struct deferred *deferred)
{
    uint32_t capacity = 2 * deferred->capacity;
    bool own = deferred->rungs == deferred->own;
    struct rung *rungs =
        realloc(own ? NULL : deferred->rungs, capacity * sizeof *rungs);
    if (!rungs)
        return -ENOMEM;
    if (own)
        memcpy(rungs, deferred->own, sizeof deferred->own);
    deferred->rungs = rungs;
    deferred->capacity = capacity;
    return 0;
}

/* Rungs that have run make room for new ones: a chain that extends itself for
 * ever needs no memory. */
static void forget_rungs(struct deferred *deferred)
{
    if (deferred->outlet == deferred->next)
        deferred->outlet = 0;
    deferred->next = deferred->count = 0;
}

/* Out of line, for most Deferreds never need it: so the function below keeps
 * everything in the registers in which it comes. */
__attribute__((noinline)) static int grow_and_add(struct deferred *deferred,
                                                  deferred_fn *callback,
                                                  deferred_fn *errback,
                                                  void *context)
{
    int error = grow(deferred);
    return error ? error
                 : deferred_add_callbacks(deferred, callback, errback, context);
}

int deferred_add_callbacks(struct deferred *deferred, deferred_fn *callback,
                           deferred_fn *errback, void *context)
{
    if (deferred->next == deferred->count)
        forget_rungs(deferred);
    if (deferred->count == deferred->capacity)
        return grow_and_add(deferred, callback, errback, context);
    deferred->rungs[deferred->count++] =
        (struct rung){callback, errback, context};
    if (deferred->fired)
        run_chain(deferred);
    return 0;
}

/* ---- waiting for another one ---- */

/* The waiting one stands behind the rungs that are there now (DF7). */
static void wait_for(struct deferred *deferred, struct awaitable *inner)
{
    deferred->inner = inner;
    deferred->paused++;
    if (inner->ops != &deferred_ops) {
        deferred->wake = (struct handle){.run = on_inner_ready};
        awaitable_notify(inner, &deferred->wake);
        return;
    }
    deferred_of(inner)->outer = deferred;
    deferred_of(inner)->outlet = deferred_of(inner)->count;
}

/* A rung's answer was: ask this one. Out of line, as above. */
__attribute__((noinline)) static void ask(struct deferred *deferred)
{
    struct awaitable *inner = outcome_take(&deferred->outcome).awaitable;
    if (inner == &deferred->awaitable)
        deferred->outcome =
            outcome_fail(&misuse_type, -EDEADLK, "a Deferred waits for itself");
    else if (awaitable_ready(inner))
        deferred->outcome = awaitable_take(inner);
    else
        wait_for(deferred, inner);
}

/* The wait is over, and the outcome is the one that the inner one had. */
static void answer(struct deferred *outer, struct outcome outcome)
{
    outer->outcome = outcome;
    outer->inner = NULL;
    outer->paused--;
}

static void on_inner_ready(struct handle *handle)
{
    struct deferred *deferred = container_of(handle, struct deferred, wake);
    answer(deferred, awaitable_take(deferred->inner));
    run_chain(deferred);
}

/* ---- running ---- */

/* Calls the side of the rung that the outcome is on. */
static void climb(struct deferred *deferred, struct rung rung)
{
    deferred_fn *fn =
        outcome_is_failure(&deferred->outcome) ? rung.errback : rung.callback;
    deferred_note(DEFERRED_ENTERS, deferred);
    if (fn)
        deferred->outcome = fn(rung.context, outcome_take(&deferred->outcome));
    deferred_note(DEFERRED_LEFT, deferred);
    if (outcome_is_pending(&deferred->outcome))
        ask(deferred);
}

/* The waiter may take the outcome now. Until it has, nothing runs. */
static void offer(struct deferred *deferred)
{
    struct handle *waiter = deferred->waiter;
    deferred->outlet = DEFERRED_NO_OUTLET;
    deferred->waiter = NULL;
    if (!waiter)
        return;
    deferred->offered = true;
    deferred->paused++;
    handle_run(waiter);
}

/* Runs rungs until there are no more, or it has to wait. Returns the Deferred
 * that has waited for this one, when its turn has come; or NULL. */
static struct deferred *run_rungs(struct deferred *deferred)
{
    while (!deferred->paused) {
        if (deferred->next == deferred->outlet) {
            if (deferred->outer)
                return deferred->outer;
            offer(deferred);
        } else if (deferred->next < deferred->count) {
            climb(deferred, deferred->rungs[deferred->next++]);
        } else {
            break;
        }
    }
    return NULL;
}

/* The outcome goes to the outer one, which was the owner: now there is none. */
static void hand_over(struct deferred *deferred)
{
    struct deferred *outer = deferred->outer;
    deferred->outer = NULL;
    deferred->outlet = DEFERRED_NO_OUTLET;
    deferred->unowned = true;
    answer(outer, outcome_take(&deferred->outcome));
}

/* Deferreds that wait for each other run as nested calls would, but the stack
 * is a list: `below` is the one that goes on afterwards. A Deferred with
 * nothing left to run is not kept in the list, and ends before the outer one
 * goes on: so an operation may use one Deferred again for its next wait. */
static void run_chain(struct deferred *deferred)
{
    struct deferred *top = deferred;
    if (top->running || top->paused)
        return;
    top->below = NULL;
    while (top) {
        top->running = true;
        struct deferred *below = top->below;
        struct deferred *outer = run_rungs(top);
        if (outer)
            hand_over(top);
        if (outer && top->next < top->count) {
            below = top;
        } else {
            top->running = false;
            end_if_done(top);
        }
        top = below;
        if (outer && !outer->paused) {
            outer->below = below;
            top = outer;
        }
    }
}

/* ---- firing ---- */

/* A late one, of code that does not know of the cancellation, is forgiven once:
 * nothing but this has kept the Deferred alive. */
static int fire_again(struct deferred *deferred, struct outcome outcome)
{
    outcome_drop(outcome);
    if (!deferred->forgives) {
        deferred_note(DEFERRED_FIRED_AGAIN, deferred);
        return -EALREADY;
    }
    deferred->forgives = false;
    end_if_done(deferred);
    return 0;
}

int deferred_fire(struct deferred *deferred, struct outcome outcome)
{
    REQUIRE(!outcome_is_pending(&outcome),
            "deferred_fire: the outcome is not pending");
    if (deferred->fired)
        return fire_again(deferred, outcome);
    deferred->fired = true;
    deferred->outcome = outcome;
    deferred_note(DEFERRED_FIRED, deferred);
    run_chain(deferred);
    return 0;
}

/* The canceller may fire it, and with that run it to its end: it is held until
 * the canceller has returned. It is asked once (DF14). */
static void cancel_unfired(struct deferred *deferred)
{
    deferred_canceller *canceller = deferred->canceller;
    if (deferred->stopping)
        return;
    deferred->stopping = deferred->held = true;
    deferred->stopping = canceller && canceller(deferred);
    deferred->held = false;
    if (deferred->fired) {
        end_if_done(deferred);
        return;
    }
    if (deferred->stopping)
        return;
    deferred->forgives = !canceller;
    deferred->fired = true;
    deferred->outcome = outcome_failure(&failure_cancelled);
    deferred_note(DEFERRED_FIRED, deferred);
    run_chain(deferred);
}

/* The last one in a row of those that wait is cancelled. A loop, for the row
 * may be long. */
void deferred_cancel(struct deferred *deferred)
{
    while (deferred->inner && deferred->inner->ops == &deferred_ops)
        deferred = deferred_of(deferred->inner);
    if (!deferred->fired)
        cancel_unfired(deferred);
    else if (deferred->inner)
        awaitable_cancel(deferred->inner);
}

void deferred_pause(struct deferred *deferred)
{
    deferred->paused++;
}

void deferred_unpause(struct deferred *deferred)
{
    REQUIRE(deferred->paused > 0, "deferred_unpause: it was paused before");
    if (--deferred->paused == 0 && deferred->fired)
        run_chain(deferred);
}
