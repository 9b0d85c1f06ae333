/* SPDX-License-Identifier: MIT */
/* A Deferred: an outcome that is not there yet, and the rungs of a ladder that
 * it will go down. What the fields are, and what the world outside may rely on,
 * says deferreds/deferred.h; it is to be open beside this file. */
#ifndef STEP
#define STEP 6
#define SOLVED 6
#endif

#include "deferreds/deferred.h"

#include "base/contract.h"
#include "callbacks/failure.h"
#include "callbacks/unhandled.h"
#include "lessons/your_code.h"

#include <errno.h>
#include <stdlib.h>

static void run_chain(struct deferred *deferred);

/* ---- given: its beginning and its end ---- */

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
#if STEP >= 6

static void report_lost(const struct deferred *deferred);
#endif

__attribute__((noinline)) static void end(struct deferred *deferred)
{
#if STEP >= 6
    report_lost(deferred);
#endif
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
 * going to fire it. Its memory may be gone after that. */
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

/* ---- given: the rungs ---- */

__attribute__((noinline)) static int grow(struct deferred *deferred)
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

/* Puts one behind those that are there. 0 or -ENOMEM. Rungs that have run make
 * room for new ones: a chain that goes on for ever needs no memory. */
static inline int put_rung(struct deferred *deferred, struct rung rung)
{
    if (deferred->next == deferred->count) {
        if (deferred->outlet == deferred->next)
            deferred->outlet = 0;
        deferred->next = deferred->count = 0;
    }
    int error = deferred->count == deferred->capacity ? grow(deferred) : 0;
    if (!error)
        deferred->rungs[deferred->count++] = rung;
    return error;
}

/* Is there a rung to be run now? Not while it is paused, and not behind the
 * place at which another one waits for its outcome. Ask again after each rung:
 * what runs may add rungs, and pause. */
static inline bool has_rung(const struct deferred *deferred)
{
    return !deferred->paused && deferred->next < deferred->count &&
           deferred->next != deferred->outlet;
}

/* The next rung, which is not the next any more. */
static inline struct rung take_rung(struct deferred *deferred)
{
    struct rung rung = deferred->rungs[deferred->next++];
    deferred_note(DEFERRED_ENTERS, deferred);
    return rung;
}

/* ---- step 1: the chain ---- */

/* Hands the outcome over to fn, with the rung's context, and keeps what it
 * returns as the outcome for the next one. The outcome moves: outcome_take
 * leaves None behind, so that it cannot be dropped twice. */
static inline void call_rung(struct deferred *deferred, deferred_fn *fn,
                             void *context)
{
#if SOLVED >= 1
    deferred->outcome = fn(context, outcome_take(&deferred->outcome));
#else
    YOUR_CODE(deferred, fn, context);
#endif
}
#if STEP < 2

/* Given until step 2: callbacks only. */
static void climb(struct deferred *deferred, struct rung rung)
{
    if (rung.callback)
        call_rung(deferred, rung.callback, rung.context);
}
#endif
#if STEP >= 2
static inline void climb(struct deferred *deferred, struct rung rung);
#endif
#if STEP >= 4
static void ask(struct deferred *deferred) __attribute__((noinline));
#endif

/* Given: a rung has run. */
static inline void settle(struct deferred *deferred)
{
    deferred_note(DEFERRED_LEFT, deferred);
#if STEP >= 4
    if (outcome_is_pending(&deferred->outcome))
        ask(deferred);
#endif
}

/* Runs rungs for as long as has_rung says that there is one: take_rung, climb
 * it, settle. */
static inline void run_rungs(struct deferred *deferred)
{
#if SOLVED >= 1
    while (has_rung(deferred)) {
        climb(deferred, take_rung(deferred));
        settle(deferred);
    }
#else
    YOUR_CODE(deferred, has_rung, climb, take_rung, settle);
#endif
}
#if STEP >= 2

/* ---- step 2: two lanes ---- */

/* A failure goes to the errback of the rung, everything else to its callback:
 * call_rung. Where that is NULL the outcome passes as it is. */
static inline void climb(struct deferred *deferred, struct rung rung)
{
#if SOLVED >= 2
    deferred_fn *fn =
        outcome_is_failure(&deferred->outcome) ? rung.errback : rung.callback;
    if (fn)
        call_rung(deferred, fn, rung.context);
#else
    YOUR_CODE(deferred, rung);
    if (rung.callback) /* so far there is one lane */
        call_rung(deferred, rung.callback, rung.context);
#endif
}
#endif
#if STEP >= 4

/* ---- step 4: an answer that is a Deferred ---- */

static struct deferred *deferred_of(struct awaitable *awaitable)
{
    return container_of(awaitable, struct deferred, awaitable);
}

/* The wait of this one is over. This is the outcome for its next rung; it waits
 * for nothing (inner), and is paused once less. It does not run here: that is
 * for the caller. */
static inline void answer(struct deferred *outer, struct outcome outcome)
{
#if SOLVED >= 4
    outer->outcome = outcome;
    outer->inner = NULL;
    outer->paused--;
#else
    YOUR_CODE(outer, outcome);
#endif
}

/* What the inner one has come to belongs to the outer one, which waits for it:
 * it is taken, and is the outer's answer. The inner has no outer then, no
 * outlet (DEFERRED_NO_OUTLET) and no owner (unowned), for that was the outer.
 */
static inline void hand_over(struct deferred *inner)
{
#if SOLVED >= 4
    struct deferred *outer = inner->outer;
    inner->outer = NULL;
    inner->outlet = DEFERRED_NO_OUTLET;
    inner->unowned = true;
    answer(outer, outcome_take(&inner->outcome));
#else
    YOUR_CODE(inner, answer);
#endif
}

/* Given: how it waits for something that is not a Deferred. */
struct foreign_wait {
    struct handle handle;
    struct deferred *deferred;
};

/* Given: that is ready. */
static void on_inner_ready(struct handle *handle)
{
    struct foreign_wait *wait =
        container_of(handle, struct foreign_wait, handle);
    struct deferred *deferred = wait->deferred;
    free(wait);
    answer(deferred, awaitable_take(deferred->inner));
    run_chain(deferred);
}

/* Given: waits for it. If it is a Deferred, then for what it has come to behind
 * the rungs that it has now. */
static void wait_for(struct deferred *deferred, struct awaitable *inner)
{
    struct foreign_wait *wait = NULL;
    bool is_deferred = inner->ops == &deferred_ops;
    if (!is_deferred && !(wait = malloc(sizeof *wait))) {
        awaitable_drop(inner);
        deferred->outcome = outcome_failure(&failure_no_memory);
        return;
    }
    deferred->inner = inner;
    deferred->paused++;
    if (is_deferred) {
        deferred_of(inner)->outer = deferred;
        deferred_of(inner)->outlet = deferred_of(inner)->count;
    } else {
        *wait = (struct foreign_wait){{.run = on_inner_ready}, deferred};
        awaitable_notify(inner, &wait->handle);
    }
}

/* The outcome is pending: a rung's answer was "ask this one". Takes the outcome
 * out, and the awaitable out of that. If that is ready (awaitable_ready) its
 * own outcome is taken in its place (awaitable_take). If not: wait_for. If it
 * is this very Deferred it would wait for ever, so the outcome is a failure:
 * outcome_fail(&misuse_type, -EDEADLK, "a Deferred waits for itself"). */
static void ask(struct deferred *deferred)
{
#if SOLVED >= 4
    struct awaitable *inner = outcome_take(&deferred->outcome).awaitable;
    if (inner == &deferred->awaitable)
        deferred->outcome =
            outcome_fail(&misuse_type, -EDEADLK, "a Deferred waits for itself");
    else if (awaitable_ready(inner))
        deferred->outcome = awaitable_take(inner);
    else
        wait_for(deferred, inner);
#else
    YOUR_CODE(deferred, wait_for);
#endif
}
#endif

/* ---- given: those that wait ---- */

/* Code that is not a Deferred waits for the outcome, and may take it now. Until
 * it has, nothing runs. */
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

/* Runs rungs until there are no more, or it has to wait; or until the Deferred
 * that has waited for this one can go on, and returns that. */
static inline struct deferred *run_until_outlet(struct deferred *deferred)
{
    run_rungs(deferred);
    while (!deferred->paused && deferred->next == deferred->outlet) {
#if STEP >= 4
        struct deferred *outer = deferred->outer;
        if (outer) {
            hand_over(deferred);
            return outer;
        }
#endif
        offer(deferred);
        run_rungs(deferred);
    }
    return NULL;
}

/* Runs a Deferred, and those that wait for it, and those that wait for them. As
 * nested calls they would fill the stack, so the stack is a list: `below` is
 * the one that goes on afterwards. One with nothing left to run is not kept in
 * it, and ends before the outer one goes on. */
static void run_all(struct deferred *top)
{
    top->below = NULL;
    while (top) {
        top->running = true;
        struct deferred *below = top->below;
        struct deferred *outer = run_until_outlet(top);
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
#if STEP >= 5

static int fire_again(struct deferred *deferred);
#endif
#if STEP < 5

/* Given until step 5, in which it is yours: a second outcome is too many. */
static int fire_again(struct deferred *deferred)
{
    deferred_note(DEFERRED_FIRED_AGAIN, deferred);
    return -EALREADY;
}
#endif
#if STEP < 3

/* ---- given until step 3, which makes them yours ---- */

static void run_chain(struct deferred *deferred)
{
    run_all(deferred);
}

int deferred_fire(struct deferred *deferred, struct outcome outcome)
{
    if (deferred->fired) {
        outcome_drop(outcome);
        return fire_again(deferred);
    }
    deferred->fired = true;
    deferred->outcome = outcome;
    deferred_note(DEFERRED_FIRED, deferred);
    run_chain(deferred);
    return 0;
}

int deferred_add_callbacks(struct deferred *deferred, deferred_fn *callback,
                           deferred_fn *errback, void *context)
{
    return put_rung(deferred, (struct rung){callback, errback, context});
}
#endif
#if STEP >= 3

/* ---- step 3: once, and late ---- */

/* Has it run: run_all. But not while it is paused, and not if it is running
 * already, further down in this very stack: that one goes on when the rung has
 * returned, and sees what was added. */
static void run_chain(struct deferred *deferred)
{
#if SOLVED >= 3
    if (!deferred->running && !deferred->paused)
        run_all(deferred);
#else
    YOUR_CODE(deferred);
    run_all(deferred); /* so far in any case */
#endif
}

/* The first time: it is fired, this is the outcome, and the chain runs, which
 * is noted before (deferred_note, DEFERRED_FIRED). Returns 0. Any further time:
 * the outcome is dropped, and what fire_again says is returned. */
int deferred_fire(struct deferred *deferred, struct outcome outcome)
{
    REQUIRE(!outcome_is_pending(&outcome),
            "deferred_fire: the outcome is not pending");
#if SOLVED >= 3
    if (deferred->fired) {
        outcome_drop(outcome);
        return fire_again(deferred);
    }
    deferred->fired = true;
    deferred->outcome = outcome;
    deferred_note(DEFERRED_FIRED, deferred);
    run_chain(deferred);
    return 0;
#else
    YOUR_CODE(deferred, outcome, fire_again);
    deferred->fired = true; /* so far any number of times */
    deferred->outcome = outcome;
    run_chain(deferred);
    return 0;
#endif
}

/* Puts a rung behind the others (put_rung, which may return an error). If the
 * outcome is there already the chain runs now. */
int deferred_add_callbacks(struct deferred *deferred, deferred_fn *callback,
                           deferred_fn *errback, void *context)
{
#if SOLVED >= 3
    int error = put_rung(deferred, (struct rung){callback, errback, context});
    if (!error && deferred->fired)
        run_chain(deferred);
    return error;
#else
    YOUR_CODE(deferred); /* so far late ones never run */
    return put_rung(deferred, (struct rung){callback, errback, context});
#endif
}
#endif
#if STEP < 5

/* ---- given until step 5, which makes it yours ---- */

void deferred_cancel(struct deferred *deferred)
{
    (void)deferred;
}
#endif
#if STEP >= 5

/* ---- step 5: cancel ---- */

/* It is fired once more, and its outcome has been dropped. As a rule that is
 * -EALREADY, and noted (DEFERRED_FIRED_AGAIN). But one that was cancelled, and
 * had no canceller, forgives the first time: there is code that does not know
 * of the cancellation and only now has its answer. Then it forgives no more,
 * may be at its end (end_if_done), and 0 is returned. */
static int fire_again(struct deferred *deferred)
{
#if SOLVED >= 5
    if (!deferred->forgives) {
        deferred_note(DEFERRED_FIRED_AGAIN, deferred);
        return -EALREADY;
    }
    deferred->forgives = false;
    end_if_done(deferred);
    return 0;
#else
    YOUR_CODE(deferred);
    return -EALREADY;
#endif
}

/* Given: asks the canceller, if there is one, and it was not asked before. It
 * may fire the Deferred in there, and so run it to its end: it is held until
 * the canceller has returned. Is there still something to be done? */
static bool needs_an_end(struct deferred *deferred)
{
    if (deferred->stopping)
        return false;
    deferred->stopping = deferred->held = true;
    deferred->stopping = deferred->canceller && deferred->canceller(deferred);
    deferred->held = false;
    if (deferred->fired)
        end_if_done(deferred);
    else if (!deferred->stopping)
        return true;
    return false;
}

/* Cancels one that is not fired: when needs_an_end says so it is fired, with
 * outcome_failure(&failure_cancelled). Without a canceller it forgives the
 * first outcome that still comes; that has to be known before it is fired, or
 * it might end too early. */
static void cancel_unfired(struct deferred *deferred)
{
#if SOLVED >= 5
    if (!needs_an_end(deferred))
        return;
    deferred->forgives = !deferred->canceller;
    deferred_fire(deferred, outcome_failure(&failure_cancelled));
#else
    YOUR_CODE(deferred, needs_an_end);
#endif
}

/* Not fired: cancel_unfired. Waiting for something (inner): that is cancelled
 * in its place, by awaitable_cancel, unless it is a Deferred (its ops are
 * &deferred_ops): then by the same rules as this one. There may be a long row
 * of those, so go along it in a loop. Otherwise it is over, and nothing is
 * done. */
void deferred_cancel(struct deferred *deferred)
{
#if SOLVED >= 5
    while (deferred->inner && deferred->inner->ops == &deferred_ops)
        deferred = deferred_of(deferred->inner);
    if (!deferred->fired)
        cancel_unfired(deferred);
    else if (deferred->inner)
        awaitable_cancel(deferred->inner);
#else
    YOUR_CODE(deferred, cancel_unfired);
#endif
}
#endif
#if STEP >= 6

/* ---- step 6: the lost errback ---- */

/* It is at its end. A failure that is left has met no errback, and now none
 * will come: unhandled_report("Unhandled error in Deferred", &outcome). Unless
 * it is only that it was cancelled (outcome_failed_with, &cancelled_type)
 * because it was not needed any more (unneeded). */
static void report_lost(const struct deferred *deferred)
{
#if SOLVED >= 6
    bool was_dropped = deferred->unneeded &&
                       outcome_failed_with(&deferred->outcome, &cancelled_type);
    if (outcome_is_failure(&deferred->outcome) && !was_dropped)
        unhandled_report("Unhandled error in Deferred", &deferred->outcome);
#else
    YOUR_CODE(deferred);
#endif
}
#endif
