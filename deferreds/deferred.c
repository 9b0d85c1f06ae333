/* SPDX-License-Identifier: MIT */
#include "deferreds/deferred.h"

#include "base/contract.h"
#include "callbacks/failure.h"

#include <errno.h>
#include <stdlib.h>

static int run_chain(struct deferred *deferred);

static struct deferred *deferred_of(struct awaitable *awaitable)
{
    return container_of(awaitable, struct deferred, awaitable);
}

/* Leaves out the empty rungs: to zero them took as long as a callback. */
void deferred_init(struct deferred *deferred, deferred_canceller *canceller)
{
    enum {
        FROM = offsetof(struct deferred, release),
        TO = offsetof(struct deferred, capacity)
    };
    memset((char *)deferred + FROM, 0, TO - FROM);
    deferred->awaitable.ops = &deferred_ops;
    deferred->canceller = canceller;
    deferred->outlet = DEFERRED_NO_OUTLET;
    deferred->capacity = DEFERRED_RUNGS;
    deferred->rungs = deferred->own;
    deferred_note(DEFERRED_MADE, deferred);
}

/* ---- its end ---- */

static void free_rungs(struct deferred *deferred)
{
    free(deferred->rungs);
    deferred->rungs = deferred->own;
}

/* Out of line, because most calls find that it is not over yet. */
__attribute__((noinline)) static void end(struct deferred *deferred)
{
    if (outcome_is_failure(&deferred->outcome))
        deferred_report(deferred);
    deferred_note(DEFERRED_ENDS, deferred);
    outcome_drop(deferred->outcome);
    if (deferred->rungs != deferred->own)
        free_rungs(deferred);
    if (deferred->release)
        deferred->release(deferred);
}

/* It ends when it has no owner, nothing is left to run and no code will fire it
 * any more. */
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

static void forget_rungs(struct deferred *deferred)
{
    if (deferred->outlet == deferred->next)
        deferred->outlet = 0;
    deferred->next = deferred->count = 0;
}

/* Rungs that have run make room for new ones, so a chain that extends itself
 * for ever needs no more memory. */
static int make_room(struct deferred *deferred)
{
    if (deferred->next < deferred->count)
        return grow(deferred);
    forget_rungs(deferred);
    return 0;
}

/* Out of line, because most Deferreds never need it: so the function below
 * keeps its arguments in registers. */
__attribute__((noinline)) static int
make_room_and_add(struct deferred *deferred, deferred_fn *callback,
                  deferred_fn *errback, void *context)
{
    int error = make_room(deferred);
    return error ? error
                 : deferred_add_callbacks(deferred, callback, errback, context);
}

int deferred_add_callbacks(struct deferred *deferred, deferred_fn *callback,
                           deferred_fn *errback, void *context)
{
    if (deferred->count == deferred->capacity)
        return make_room_and_add(deferred, callback, errback, context);
    deferred->rungs[deferred->count++] =
        (struct rung){callback, errback, context};
    return deferred->fired ? run_chain(deferred) : 0;
}

/* ---- waiting for another Deferred ---- */

/* The wait is over: goes on with the outcome of the inner one. */
static void answer_outer(struct deferred *outer, struct outcome outcome)
{
    outer->outcome = outcome;
    outer->inner = NULL;
    outer->paused--;
}

/* How a Deferred waits for an awaitable that is not a Deferred. */
struct foreign_wait {
    struct handle handle;
    struct deferred *deferred;
};

static void on_inner_ready(struct handle *handle)
{
    struct foreign_wait *wait =
        container_of(handle, struct foreign_wait, handle);
    struct deferred *deferred = wait->deferred;
    free(wait);
    answer_outer(deferred, awaitable_take(deferred->inner));
    run_chain(deferred);
}

static bool join(struct deferred *deferred, struct awaitable *inner)
{
    struct foreign_wait *wait = malloc(sizeof *wait);
    if (!wait)
        return false;
    *wait = (struct foreign_wait){{.run = on_inner_ready}, deferred};
    awaitable_notify(inner, &wait->handle);
    return true;
}

/* The waiting one gets the outcome after the rungs that are there now (DF7). */
static void stand_behind(struct deferred *deferred, struct deferred *inner)
{
    inner->outer = deferred;
    inner->outlet = inner->count;
}

static struct outcome wait_for(struct deferred *deferred,
                               struct awaitable *inner)
{
    if (inner->ops == &deferred_ops) {
        stand_behind(deferred, deferred_of(inner));
    } else if (!join(deferred, inner)) {
        awaitable_drop(inner);
        return outcome_failure(&failure_no_memory);
    }
    deferred->inner = inner;
    deferred->paused++;
    return outcome_none();
}

/* A rung has returned a pending outcome. Returns the awaitable's outcome if it
 * is there, else None while the Deferred waits for it. Out of line, as
 * above. */
__attribute__((noinline)) static struct outcome ask(struct deferred *deferred,
                                                    struct awaitable *inner)
{
    if (inner == &deferred->awaitable)
        return outcome_fail(&misuse_type, -EDEADLK,
                            "a Deferred waits for itself");
    if (awaitable_ready(inner))
        return awaitable_take(inner);
    return wait_for(deferred, inner);
}

/* ---- running ---- */

/* The function on the side of the rung where the outcome is. */
static inline deferred_fn *side_of(const struct rung *rung,
                                   const struct outcome *outcome)
{
    return outcome_is_failure(outcome) ? rung->errback : rung->callback;
}

/* Calls a rung and tells the onlooker before and after. Out of line, as
 * above. */
__attribute__((noinline)) static struct outcome
call_in_view(struct deferred *deferred, deferred_fn *fn, void *context,
             struct outcome outcome)
{
    deferred->outcome = outcome;
    deferred_note(DEFERRED_ENTERS, deferred);
    if (fn)
        deferred->outcome = fn(context, outcome_take(&deferred->outcome));
    deferred_note(DEFERRED_LEFT, deferred);
    return outcome_take(&deferred->outcome);
}

/* Runs rungs until there are no more or it has to wait: false; or until it is
 * at its outlet: true. The outcome is passed on in registers. */
static inline bool run_rungs(struct deferred *deferred)
{
    struct outcome outcome = deferred->outcome;
    bool at_outlet = false;
    deferred->outcome.kind = NULL;
    deferred->running = true;
    while (!deferred->paused) {
        at_outlet = deferred->next == deferred->outlet;
        if (at_outlet || deferred->next == deferred->count)
            break;
        const struct rung *rung = &deferred->rungs[deferred->next++];
        deferred_fn *fn = side_of(rung, &outcome);
        void *context = rung->context;
        if (__builtin_expect(deferred_probe != NULL, 0))
            outcome = call_in_view(deferred, fn, context, outcome);
        else if (fn)
            outcome = fn(context, outcome);
        if (outcome_is_pending(&outcome))
            outcome = ask(deferred, outcome.awaitable);
    }
    deferred->outcome = outcome;
    return at_outlet;
}

static inline void rest(struct deferred *deferred)
{
    deferred->running = false;
    end_if_done(deferred);
}

/* Tells the waiting handle, if there is one, that it may take the outcome. The
 * Deferred is paused until awaitable_take or awaitable_drop. */
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

/* Moves the outcome to the outer one, which was the owner: now there is
 * none. */
static void hand_over(struct deferred *deferred)
{
    struct deferred *outer = deferred->outer;
    deferred->outer = NULL;
    deferred->outlet = DEFERRED_NO_OUTLET;
    deferred->unowned = true;
    answer_outer(outer, outcome_take(&deferred->outcome));
}

/* Gives the outcome to what waits for it. Returns the Deferred that runs next:
 * the outer one, if it can; or this one, if it has more to run; or the one
 * below. A Deferred with nothing left to run ends before the outer one goes on,
 * so that an operation may use one Deferred again for its next wait. */
static struct deferred *pass_on(struct deferred *deferred)
{
    struct deferred *outer = deferred->outer, *below = deferred->below;
    if (!outer) {
        offer(deferred);
        return deferred;
    }
    hand_over(deferred);
    if (deferred->next < deferred->count)
        below = deferred;
    else
        rest(deferred);
    if (outer->paused)
        return below;
    outer->below = below;
    return outer;
}

/* Runs Deferreds that wait for each other, in the order in which nested calls
 * would run them. Instead of the stack there is a list: top->below is the
 * Deferred that goes on when `top` has nothing left to run. `top` is at its
 * outlet. Returns 0. */
__attribute__((noinline)) static int run_row(struct deferred *top)
{
    bool at_outlet = true;
    top->below = NULL;
    while (top) {
        struct deferred *below = top->below;
        if (at_outlet)
            top = pass_on(top);
        else {
            rest(top);
            top = below;
        }
        at_outlet = top && run_rungs(top);
    }
    return 0;
}

/* Returns 0, so that a caller can return its value and needs no frame. */
static int run_chain(struct deferred *deferred)
{
    if (deferred->running)
        return 0;
    if (run_rungs(deferred))
        return run_row(deferred);
    rest(deferred);
    return 0;
}

/* ---- firing ---- */

/* A late fire, by code that does not know of the cancellation, is forgiven
 * once: the Deferred was kept alive for nothing else. */
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
    return run_chain(deferred);
}

/* The canceller may fire the Deferred, which then may run to its end. So it is
 * held until the canceller has returned. The canceller is called once
 * (DF14). */
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

/* Cancels the last one in a row of waiting Deferreds. A loop, not a recursion,
 * because the row may be long. */
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
