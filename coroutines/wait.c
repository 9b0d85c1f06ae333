/* SPDX-License-Identifier: MIT */
#include "coroutines/wait.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"
#include "coroutines/future_set.h"

#include <errno.h>
#include <stdlib.h>

struct wait {
    struct future future;
    struct future_set set;
    struct handle timer;
    enum wait_until until;
    size_t left;
};

static struct wait *wait_of(struct future *future)
{
    return container_of(future, struct wait, future);
}

static void wait_finish(struct wait *wait)
{
    intptr_t done = 0;
    loop_cancel(wait->future.loop, &wait->timer);
    for (size_t i = 0; i < wait->set.count; i++)
        done += future_done(future_set_at(&wait->set, i));
    future_set_result(&wait->future, outcome_number(done));
}

static void on_time(struct handle *handle)
{
    wait_finish(container_of(handle, struct wait, timer));
}
HANDLE_NAME(on_time, "the timeout of a wait for several Futures", NULL);
WAIT_SHAPE_BY(on_time, "wait", struct wait, timer,
              WAIT_PART(WAIT_ENDS, struct wait, future));

/* Looking for a failure counts as having seen it. */
static bool has_failed(struct future *future)
{
    const struct outcome *outcome;
    return !future_cancelled(future) && !future_result(future, &outcome) &&
           outcome_is_failure(outcome);
}

static void on_done(struct future_set *set, struct future *future)
{
    struct wait *wait = container_of(set, struct wait, set);
    wait->left--;
    if (future_done(&wait->future))
        return;
    if (!wait->left || wait->until == WAIT_FIRST_COMPLETED ||
        (wait->until == WAIT_FIRST_EXCEPTION && has_failed(future)))
        wait_finish(wait);
}

/* Set because the wait may be cancelled before the time is over. */
static void wait_release(struct future *future)
{
    struct wait *wait = wait_of(future);
    loop_cancel(future->loop, &wait->timer);
    future_set_deinit(&wait->set);
    free(wait);
}
WAIT_SHAPE_BY(wait_release, "wait", struct wait, future,
              FUTURE_SET_PART(struct wait, set),
              WAIT_PART(WAIT_TIMER, struct wait, timer));

struct outcome futures_wait(struct loop *loop, struct future *const *futures,
                            size_t count, enum wait_until until, nanos timeout)
{
    if (!count)
        return outcome_fail(&misuse_type, -EINVAL, "Set of futures is empty");
    struct wait *wait = malloc(sizeof *wait);
    if (!wait)
        return outcome_failure(&failure_no_memory);
    *wait = (struct wait){.timer.run = on_time, .until = until, .left = count};
    for (size_t i = 0; i < count; i++)
        future_ref(futures[i]);
    if (future_set_init(&wait->set, futures, count, on_done)) {
        free(wait);
        return outcome_failure(&failure_no_memory);
    }
    future_init(&wait->future, loop);
    wait->future.release = wait_release;
    if (timeout != NEVER)
        loop_call_at(loop, &wait->timer, nanos_after(loop_time(loop), timeout));
    return outcome_pending(&wait->future.awaitable);
}
