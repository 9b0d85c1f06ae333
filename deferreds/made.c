/* SPDX-License-Identifier: MIT */
#include "deferreds/made.h"

#include "base/contract.h"
#include "callbacks/failure.h"
#include "callbacks/unhandled.h"
#include "deferreds/rung_name.h"

static struct deferred *fired_with(struct outcome outcome)
{
    struct deferred *deferred = deferred_new(NULL);
    if (deferred)
        deferred_fire(deferred, outcome);
    else
        outcome_drop(outcome);
    return deferred;
}

struct deferred *deferred_succeed(struct outcome value)
{
    REQUIRE(!outcome_is_pending(&value),
            "deferred_succeed: the outcome is not pending");
    return fired_with(value);
}

struct deferred *deferred_fail(const struct failure *failure)
{
    return fired_with(outcome_failure(failure));
}

static struct outcome ask_awaitable(void *context, struct outcome none)
{
    (void)none;
    return outcome_pending(context);
}
RUNG_NAME(ask_awaitable);

struct deferred *deferred_maybe(struct outcome outcome)
{
    if (!outcome_is_pending(&outcome))
        return fired_with(outcome);
    struct awaitable *awaitable = outcome.awaitable;
    if (awaitable->ops == &deferred_ops)
        return container_of(awaitable, struct deferred, awaitable);
    struct deferred *deferred = deferred_new(NULL);
    if (!deferred) {
        outcome_drop(outcome);
        return NULL;
    }
    /* Cannot fail: the first four rungs need no memory. */
    (void)deferred_add_callback(deferred, ask_awaitable, awaitable);
    deferred_fire(deferred, outcome_none());
    return deferred;
}

struct deferred *deferred_execute(deferred_fn *fn, void *context,
                                  struct outcome value)
{
    return deferred_maybe(fn(context, value));
}

struct outcome deferred_log_error(void *context, struct outcome failure)
{
    (void)context;
    unhandled_report("Error in Deferred", &failure);
    return failure;
}
RUNG_NAME(deferred_log_error);

static struct outcome fire_second(void *context, struct outcome outcome)
{
    deferred_fire(context, outcome);
    return outcome_none();
}
RUNG_NAME(fire_second);

int deferred_chain(struct deferred *first, struct deferred *second)
{
    return deferred_add_both(first, fire_second, second);
}
