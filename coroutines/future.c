/* SPDX-License-Identifier: MIT */
#include "coroutines/future.h"

#include "base/contract.h"
#include "callbacks/unhandled.h"

#include <errno.h>
#include <stdio.h>

void future_init(struct future *future, struct loop *loop)
{
    *future = (struct future){.awaitable.ops = &future_ops,
                              .what = "Future",
                              .loop = loop,
                              .references = 1};
}

/* ---- callbacks: a list through the handles themselves ---- */

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

void future_add_done_callback(struct future *future, struct handle *handle)
{
    if (future_done(future))
        loop_call_soon(future->loop, handle);
    else
        list_append(future, handle);
}

bool future_remove_done_callback(struct future *future, struct handle *handle)
{
    if (handle->state == HANDLE_IDLE)
        return false;
    if (handle->state == HANDLE_WAITING)
        list_remove(future, handle);
    else
        loop_cancel(future->loop, handle);
    return true;
}

static void call_all_soon(struct future *future)
{
    while (future->first) {
        struct handle *handle = future->first;
        list_remove(future, handle);
        loop_call_soon(future->loop, handle);
    }
}

/* ---- the end ---- */

static int end_future(struct future *future, enum future_state state,
                      struct outcome outcome)
{
    if (future_done(future)) {
        outcome_drop(outcome);
        return -EALREADY;
    }
    future->state = state;
    future->outcome = outcome;
    call_all_soon(future);
    return 0;
}

int future_finish(struct future *future, struct outcome outcome)
{
    REQUIRE(!outcome_is_pending(&outcome),
            "future_finish: the outcome is not pending");
    bool failed = outcome_is_failure(&outcome);
    int error = end_future(future, FUTURE_FINISHED, outcome);
    if (!error)
        future->unasked = failed && !future->disregarded;
    return error;
}

bool future_cancel(struct future *future)
{
    if (future->cancel)
        return future->cancel(future);
    return !end_future(future, FUTURE_CANCELLED,
                       outcome_failure(&failure_cancelled));
}

int future_result(struct future *future, const struct outcome **outcome)
{
    if (!future_done(future))
        return -EINVAL;
    future->unasked = false;
    *outcome = &future->outcome;
    return 0;
}

/* ---- owners ---- */

static void report_future(const struct future *future)
{
    char text[64];
    snprintf(text, sizeof text, "%s exception was never retrieved",
             future->what);
    unhandled_report(text, &future->outcome);
}

void future_unref(struct future *future)
{
    if (--future->references)
        return;
    REQUIRE(!future->first, "future_unref: what waits has a reference");
    if (future->unasked)
        report_future(future);
    outcome_drop(outcome_take(&future->outcome));
    if (future->release)
        future->release(future);
}

INSPECTED_CORE(future);
