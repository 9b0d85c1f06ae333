/* SPDX-License-Identifier: MIT */
/* Another core behind deferreds/deferred.h, as a learner might write one: rungs
 * that do not fit inline are a list, each of its own from malloc; and Deferreds
 * that wait for each other are run by recursion. Code that uses the core must
 * not notice, but for rows of Deferreds that are longer than a stack. */
#include "base/contract.h"
#include "callbacks/failure.h"
#include "deferreds/deferred.h"

#include <errno.h>
#include <stdlib.h>

struct node {
    struct rung rung; /* first: `rungs` points to it */
    struct node *next;
};

static void run(struct deferred *deferred);

static struct deferred *deferred_of(struct awaitable *awaitable)
{
    return container_of(awaitable, struct deferred, awaitable);
}

/* The outcome of what is waited for. */
static void go_on(struct deferred *outer, struct outcome outcome)
{
    outer->outcome = outcome;
    outer->inner = NULL;
    outer->paused--;
}

/* In a wait for what is not a Deferred. */
struct wake {
    struct handle handle;
    struct deferred *deferred;
};

static void on_wake(struct handle *handle)
{
    struct wake *wake = container_of(handle, struct wake, handle);
    struct deferred *deferred = wake->deferred;
    free(wake);
    go_on(deferred, awaitable_take(deferred->inner));
    run(deferred);
}

void deferred_init(struct deferred *deferred, deferred_canceller *canceller)
{
    memset(deferred, 0, sizeof *deferred);
    deferred->awaitable.ops = &deferred_ops;
    deferred->canceller = canceller;
    deferred->outlet = DEFERRED_NO_OUTLET;
    deferred->rungs = deferred->own;
    deferred_note(DEFERRED_MADE, deferred);
}

/* ---- rungs ---- */

static struct node *first_node(const struct deferred *deferred)
{
    return deferred->rungs == deferred->own ? NULL
                                            : (struct node *)deferred->rungs;
}

static void set_first(struct deferred *deferred, struct node *node)
{
    deferred->rungs = node ? &node->rung : deferred->own;
}

static int append(struct deferred *deferred, struct rung rung)
{
    struct node *node = malloc(sizeof *node), *last = first_node(deferred);
    if (!node)
        return -ENOMEM;
    *node = (struct node){rung, NULL};
    while (last && last->next)
        last = last->next;
    if (last)
        last->next = node;
    else
        set_first(deferred, node);
    return 0;
}

static struct rung take_rung(struct deferred *deferred)
{
    struct node *node = first_node(deferred);
    uint32_t number = deferred->next++;
    if (number < DEFERRED_RUNGS)
        return deferred->own[number];
    struct rung rung = node->rung;
    set_first(deferred, node->next);
    free(node);
    return rung;
}

int deferred_add_callbacks(struct deferred *deferred, deferred_fn *callback,
                           deferred_fn *errback, void *context)
{
    struct rung rung = {callback, errback, context};
    if (deferred->next == deferred->count) {
        if (deferred->outlet == deferred->next)
            deferred->outlet = 0;
        deferred->next = deferred->count = 0;
    }
    if (deferred->count < DEFERRED_RUNGS)
        deferred->own[deferred->count] = rung;
    else if (append(deferred, rung))
        return -ENOMEM;
    deferred->count++;
    if (deferred->fired)
        run(deferred);
    return 0;
}

/* ---- its end ---- */

static void end_if_done(struct deferred *deferred)
{
    if (!deferred->unowned || deferred->forgives || deferred->held ||
        !deferred_is_over(deferred))
        return;
    deferred_report(deferred);
    deferred_note(DEFERRED_ENDS, deferred);
    outcome_drop(outcome_take(&deferred->outcome));
    if (deferred->release)
        deferred->release(deferred);
}

void deferred_detach(struct deferred *deferred)
{
    deferred->unowned = true;
    end_if_done(deferred);
}

/* ---- running ---- */

static void ask(struct deferred *deferred)
{
    struct awaitable *inner = outcome_take(&deferred->outcome).awaitable;
    if (inner == &deferred->awaitable) {
        deferred->outcome =
            outcome_fail(&misuse_type, -EDEADLK, "a Deferred waits for itself");
        return;
    }
    if (awaitable_ready(inner)) {
        deferred->outcome = awaitable_take(inner);
        return;
    }
    if (inner->ops == &deferred_ops) {
        deferred_of(inner)->outer = deferred;
        deferred_of(inner)->outlet = deferred_of(inner)->count;
    } else {
        struct wake *wake = calloc(1, sizeof *wake);
        if (!wake) {
            awaitable_drop(inner);
            deferred->outcome = outcome_failure(&failure_no_memory);
            return;
        }
        wake->handle.run = on_wake;
        wake->deferred = deferred;
        awaitable_notify(inner, &wake->handle);
    }
    deferred->inner = inner;
    deferred->paused++;
}

static void run_one(struct deferred *deferred)
{
    struct rung rung = take_rung(deferred);
    deferred_fn *fn =
        outcome_is_failure(&deferred->outcome) ? rung.errback : rung.callback;
    if (fn)
        deferred->outcome = fn(rung.context, outcome_take(&deferred->outcome));
    if (outcome_is_pending(&deferred->outcome))
        ask(deferred);
}

static void offer(struct deferred *deferred)
{
    struct handle *waiter = deferred->waiter;
    deferred->waiter = NULL;
    deferred->outlet = DEFERRED_NO_OUTLET;
    if (!waiter)
        return;
    deferred->offered = true;
    deferred->paused++;
    handle_run(waiter);
}

/* True: that was all, and it may be gone. It ends before the outer one goes on,
 * which may use it again. */
static bool pass_on(struct deferred *deferred)
{
    struct deferred *outer = deferred->outer;
    bool last = deferred->next == deferred->count;
    deferred->outer = NULL;
    deferred->outlet = DEFERRED_NO_OUTLET;
    deferred->unowned = true;
    go_on(outer, outcome_take(&deferred->outcome));
    if (last) {
        deferred->running = false;
        end_if_done(deferred);
    }
    run(outer);
    return last;
}

static void run(struct deferred *deferred)
{
    if (deferred->running || deferred->paused)
        return;
    deferred->running = true;
    while (!deferred->paused) {
        if (deferred->next == deferred->outlet) {
            if (!deferred->outer)
                offer(deferred);
            else if (pass_on(deferred))
                return;
        } else if (deferred->next < deferred->count) {
            run_one(deferred);
        } else {
            break;
        }
    }
    deferred->running = false;
    end_if_done(deferred);
}

/* ---- firing ---- */

static void begin(struct deferred *deferred, struct outcome outcome)
{
    deferred->fired = true;
    deferred->outcome = outcome;
    run(deferred);
}

int deferred_fire(struct deferred *deferred, struct outcome outcome)
{
    REQUIRE(!outcome_is_pending(&outcome),
            "deferred_fire: the outcome is not pending");
    if (!deferred->fired) {
        begin(deferred, outcome);
        return 0;
    }
    bool forgiven = deferred->forgives;
    outcome_drop(outcome);
    deferred->forgives = false;
    if (forgiven)
        end_if_done(deferred);
    return forgiven ? 0 : -EALREADY;
}

void deferred_cancel(struct deferred *deferred)
{
    if (deferred->inner) {
        awaitable_cancel(deferred->inner);
        return;
    }
    if (deferred->fired || deferred->stopping)
        return;
    deferred->stopping = deferred->held = true;
    deferred->stopping = deferred->canceller && deferred->canceller(deferred);
    deferred->held = false;
    if (deferred->fired) {
        end_if_done(deferred);
    } else if (!deferred->stopping) {
        deferred->forgives = !deferred->canceller;
        begin(deferred, outcome_failure(&failure_cancelled));
    }
}

void deferred_pause(struct deferred *deferred)
{
    deferred->paused++;
}

void deferred_unpause(struct deferred *deferred)
{
    REQUIRE(deferred->paused > 0, "deferred_unpause: it was paused before");
    if (--deferred->paused == 0 && deferred->fired)
        run(deferred);
}
