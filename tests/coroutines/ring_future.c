/* SPDX-License-Identifier: MIT */
/* Another core behind coroutines/future.h, as a learner might write one: the
 * callbacks are a ring, of which only the last one is known, and which handle
 * is in it is looked for. Code that uses the core must not notice. */
#include "callbacks/unhandled.h"
#include "coroutines/future.h"

#include <errno.h>
#include <stdio.h>

void future_init(struct future *future, struct loop *loop)
{
    memset(future, 0, sizeof *future);
    future->awaitable.ops = &future_ops;
    future->what = "Future";
    future->loop = loop;
    future->references = 1;
}

/* ---- callbacks: behind the last one comes the first ---- */

void future_add_done_callback(struct future *future, struct handle *handle)
{
    if (future_done(future)) {
        loop_call_soon(future->loop, handle);
        return;
    }
    struct handle *last = future->last;
    handle->next = last ? last->next : handle;
    if (last)
        last->next = handle;
    future->last = handle;
}

/* NULL: it is not in the ring. */
static struct handle *before(const struct future *future,
                             const struct handle *handle)
{
    struct handle *last = future->last, *it = last;
    while (it && it->next != handle) {
        it = it->next;
        if (it == last)
            return NULL;
    }
    return it;
}

static void take_out(struct future *future, struct handle *previous)
{
    struct handle *handle = previous->next;
    previous->next = handle->next;
    if (handle == previous)
        future->last = NULL;
    else if (handle == future->last)
        future->last = previous;
}

bool future_remove_done_callback(struct future *future, struct handle *handle)
{
    struct handle *previous = before(future, handle);
    bool was_to_run = previous || handle->state == HANDLE_READY;
    if (previous)
        take_out(future, previous);
    else
        loop_cancel(future->loop, handle);
    return was_to_run;
}

/* ---- the end ---- */

static void call_all_soon(struct future *future)
{
    while (future->last) {
        struct handle *handle = future->last->next;
        take_out(future, future->last);
        loop_call_soon(future->loop, handle);
    }
}

int future_finish(struct future *future, struct outcome outcome)
{
    if (future_done(future)) {
        outcome_drop(outcome);
        return -EALREADY;
    }
    future->state = FUTURE_FINISHED;
    future->unasked = outcome_is_failure(&outcome) && !future->disregarded;
    future->outcome = outcome;
    call_all_soon(future);
    return 0;
}

bool future_cancel(struct future *future)
{
    if (future->cancel)
        return future->cancel(future);
    if (future_done(future))
        return false;
    future_finish(future, outcome_failure(&failure_cancelled));
    future->state = FUTURE_CANCELLED;
    future->unasked = false;
    return true;
}

int future_result(struct future *future, const struct outcome **outcome)
{
    if (future->state == FUTURE_PENDING)
        return -EINVAL;
    *outcome = &future->outcome;
    future->unasked = false;
    return 0;
}

void future_unref(struct future *future)
{
    char text[64];
    if (--future->references > 0)
        return;
    snprintf(text, sizeof text, "%s exception was never retrieved",
             future->what);
    if (future->unasked)
        unhandled_report(text, &future->outcome);
    outcome_drop(outcome_take(&future->outcome));
    if (future->release)
        future->release(future);
}
