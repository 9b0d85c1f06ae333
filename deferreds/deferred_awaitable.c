/* SPDX-License-Identifier: MIT */
/* A Deferred as an awaitable, and other functions that need only the core,
 * whether that is ours or a learner's. */
#include "base/contract.h"
#include "callbacks/failure.h"
#include "callbacks/unhandled.h"
#include "deferreds/deferred.h"

#include <stdlib.h>

__thread struct deferred_probe *deferred_probe;

static struct deferred *deferred_of(struct awaitable *awaitable)
{
    return container_of(awaitable, struct deferred, awaitable);
}

static void deferred_free(struct deferred *deferred)
{
    free(deferred);
}

struct deferred *deferred_new(deferred_canceller *canceller)
{
    struct deferred *deferred = malloc(sizeof *deferred);
    if (!deferred)
        return NULL;
    deferred_init(deferred, canceller);
    deferred->release = deferred_free;
    return deferred;
}

void deferred_report(const struct deferred *deferred)
{
    struct buffer what = {0};
    if (!outcome_is_failure(&deferred->outcome) ||
        (deferred->unneeded &&
         outcome_failed_with(&deferred->outcome, &cancelled_type)))
        return;
    buffer_append_text(&what, "Unhandled error in Deferred");
    if (deferred_probe)
        deferred_probe->tell(deferred_probe, deferred, &what);
    unhandled_report(buffer_terminate(&what) ? "Unhandled error in Deferred"
                                             : what.data,
                     &deferred->outcome);
    buffer_deinit(&what);
}

/* The Deferred counts as owned until the cancellation is over, so that it is
 * not released while this function still uses it. */
void deferred_drop(struct deferred *deferred)
{
    deferred->unneeded = true;
    deferred->waiter = NULL;
    deferred_cancel(deferred);
    if (deferred->offered)
        outcome_drop(awaitable_take(&deferred->awaitable));
    else
        deferred_detach(deferred);
}

/* ---- the operations ---- */

static bool deferred_is_ready(const struct awaitable *awaitable)
{
    const struct deferred *deferred =
        container_of(awaitable, struct deferred, awaitable);
    return deferred->offered || deferred_is_over(deferred);
}

/* Ends the ownership: rungs that are left go on with None. */
static struct outcome deferred_take(struct awaitable *awaitable)
{
    struct deferred *deferred = deferred_of(awaitable);
    struct outcome outcome = outcome_take(&deferred->outcome);
    if (!deferred->offered) {
        deferred_detach(deferred);
        return outcome;
    }
    deferred->offered = false;
    deferred->unowned = true;
    deferred_unpause(deferred);
    return outcome;
}

static void deferred_notify(struct awaitable *awaitable, struct handle *handle)
{
    struct deferred *deferred = deferred_of(awaitable);
    REQUIRE(!deferred->waiter && !deferred->outer,
            "awaitable_notify: a Deferred has one owner, which waits once");
    deferred->waiter = handle;
    deferred->outlet = deferred->count;
}

static void deferred_withdraw(struct awaitable *awaitable,
                              struct handle *handle)
{
    (void)handle;
    deferred_of(awaitable)->waiter = NULL;
}

static bool deferred_try_cancel(struct awaitable *awaitable)
{
    if (deferred_is_ready(awaitable))
        return false;
    deferred_cancel(deferred_of(awaitable));
    return true;
}

static void deferred_drop_awaitable(struct awaitable *awaitable)
{
    deferred_drop(deferred_of(awaitable));
}

const struct awaitable_ops deferred_ops = {
    .name = "Deferred",
    .ends_inside_a_call = true,
    .ready = deferred_is_ready,
    .take = deferred_take,
    .notify = deferred_notify,
    .withdraw = deferred_withdraw,
    .cancel = deferred_try_cancel,
    .drop = deferred_drop_awaitable,
};
