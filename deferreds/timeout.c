/* SPDX-License-Identifier: MIT */
#include "deferreds/timeout.h"

#include "callbacks/failure.h"
#include "callbacks/handle_name.h"
#include "deferreds/ladder.h"
#include "deferreds/rung_name.h"

#include <errno.h>
#include <stdlib.h>

struct timeout {
    struct handle timer;
    struct loop *loop;
    struct deferred *deferred;
    nanos after;
    bool expired;
    deferred_fn *late; /* or NULL */
    void *context;
};

static void on_expired(struct handle *handle)
{
    struct timeout *timeout = container_of(handle, struct timeout, timer);
    timeout->expired = true;
    deferred_cancel(timeout->deferred);
}

static void describe_timeout(const struct handle *handle, FILE *out)
{
    deferred_describe(
        container_of(handle, const struct timeout, timer)->deferred, out);
}
HANDLE_NAME(on_expired, "the timeout of a Deferred", describe_timeout);

static struct outcome as_timeout(const struct timeout *timeout,
                                 struct outcome outcome)
{
    double seconds = nanos_as_seconds(timeout->after);
    if (!outcome_failed_with(&outcome, &cancelled_type))
        return outcome;
    outcome_drop(outcome);
    return outcome_fail(&timeout_type, 0, "not there after %g seconds",
                        seconds);
}

/* A rung: it runs before the Deferred ends, so the timer never outlives
 * that. */
static struct outcome end_timeout(void *context, struct outcome outcome)
{
    struct timeout *timeout = context;
    loop_cancel(timeout->loop, &timeout->timer);
    if (timeout->expired)
        outcome = timeout->late ? timeout->late(timeout->context, outcome)
                                : as_timeout(timeout, outcome);
    free(timeout);
    return outcome;
}
RUNG_NAME(end_timeout);

int deferred_add_timeout_with(struct deferred *deferred, struct loop *loop,
                              nanos after, deferred_fn *late, void *context)
{
    struct timeout *timeout = calloc(1, sizeof *timeout);
    if (!timeout)
        return -ENOMEM;
    *timeout = (struct timeout){.timer.run = on_expired,
                                .loop = loop,
                                .deferred = deferred,
                                .after = after,
                                .late = late,
                                .context = context};
    /* The timer is set before the rung is added, because the rung cancels it:
     * at once if the outcome is there. */
    loop_call_at(loop, &timeout->timer, nanos_after(loop_time(loop), after));
    int error = deferred_add_both(deferred, end_timeout, timeout);
    if (error) {
        loop_cancel(loop, &timeout->timer);
        free(timeout);
    }
    return error;
}

int deferred_add_timeout(struct deferred *deferred, struct loop *loop,
                         nanos after)
{
    return deferred_add_timeout_with(deferred, loop, after, NULL, NULL);
}
