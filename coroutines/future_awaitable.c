/* SPDX-License-Identifier: MIT */
/* A Future as an awaitable, and on the heap. Needs only the core, whether that
 * is ours or a learner's. */
#include "coroutines/future.h"

#include "base/contract.h"

#include <errno.h>
#include <stdlib.h>

static struct future *future_of(const struct awaitable *awaitable)
{
    return container_of(awaitable, struct future, awaitable);
}

static void free_future(struct future *future)
{
    free(future);
}

struct future *future_new(struct loop *loop)
{
    struct future *future = malloc(sizeof *future);
    if (!future)
        return NULL;
    future_init(future, loop);
    future->release = free_future;
    return future;
}

int future_end_with(struct future *future, struct outcome outcome)
{
    future->cancel = NULL;
    if (!outcome_failed_with(&outcome, &cancelled_type))
        return future_finish(future, outcome);
    outcome_drop(outcome);
    return future_cancel(future) ? 0 : -EALREADY;
}

/* Casts const away: the lent outcome is the Future's own, which must note that
 * a value with one owner has been taken. */
struct outcome future_share(struct future *future)
{
    const struct outcome *outcome = NULL;
    int error = future_result(future, &outcome);
    REQUIRE(!error, "future_share: it is done");
    return outcome_share((struct outcome *)outcome);
}

/* ---- the operations ---- */

static bool future_is_ready(const struct awaitable *awaitable)
{
    return future_done(future_of(awaitable));
}

/* Ends the wait, and gives its reference back; the outcome stays for others
 * that wait. */
static struct outcome future_take(struct awaitable *awaitable)
{
    struct future *future = future_of(awaitable);
    struct outcome outcome = future_share(future);
    future_unref(future);
    return outcome;
}

static void future_notify(struct awaitable *awaitable, struct handle *handle)
{
    future_add_done_callback(future_of(awaitable), handle);
}

static void future_withdraw(struct awaitable *awaitable, struct handle *handle)
{
    future_remove_done_callback(future_of(awaitable), handle);
}

static bool future_try_cancel(struct awaitable *awaitable)
{
    return future_cancel(future_of(awaitable));
}

static void future_drop(struct awaitable *awaitable)
{
    future_unref(future_of(awaitable));
}

const struct awaitable_ops future_ops = {
    .name = "Future",
    .ready = future_is_ready,
    .take = future_take,
    .notify = future_notify,
    .withdraw = future_withdraw,
    .cancel = future_try_cancel,
    .drop = future_drop,
};
