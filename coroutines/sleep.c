/* SPDX-License-Identifier: MIT */
#include "coroutines/sleep.h"

#include "callbacks/failure.h"
#include "callbacks/handle_name.h"
#include "callbacks/moment.h"
#include "callbacks/wait_shape.h"

#include <stdlib.h>

/* A moment, and the timer that makes it come. */
struct sleep {
    struct awaitable awaitable;
    struct moment moment;
    struct handle timer;
};

static struct sleep *sleep_of(const struct awaitable *awaitable)
{
    return container_of(awaitable, struct sleep, awaitable);
}

static struct awaitable *moment_of(const struct awaitable *awaitable)
{
    return &sleep_of(awaitable)->moment.awaitable;
}

static void on_time(struct handle *handle)
{
    moment_come(&container_of(handle, struct sleep, timer)->moment);
}
HANDLE_NAME(on_time, "sleep", NULL);
WAIT_SHAPE_BY(on_time, "sleep", struct sleep, timer,
              WAIT_PART(WAIT_COMES, struct sleep, moment));

static void sleep_free(struct awaitable *awaitable)
{
    struct sleep *sleep = sleep_of(awaitable);
    loop_cancel(sleep->moment.loop, &sleep->timer);
    free(sleep);
}

static bool sleep_is_ready(const struct awaitable *awaitable)
{
    return awaitable_ready(moment_of(awaitable));
}

static struct outcome sleep_take(struct awaitable *awaitable)
{
    struct outcome outcome = awaitable_take(moment_of(awaitable));
    sleep_free(awaitable);
    return outcome;
}

static void sleep_notify(struct awaitable *awaitable, struct handle *handle)
{
    awaitable_notify(moment_of(awaitable), handle);
}

static void sleep_withdraw(struct awaitable *awaitable, struct handle *handle)
{
    awaitable_withdraw(moment_of(awaitable), handle);
}

static bool sleep_cancel(struct awaitable *awaitable)
{
    loop_cancel(sleep_of(awaitable)->moment.loop, &sleep_of(awaitable)->timer);
    return awaitable_cancel(moment_of(awaitable));
}

static const struct awaitable_ops sleep_ops = {
    .name = "sleep",
    .ready = sleep_is_ready,
    .take = sleep_take,
    .notify = sleep_notify,
    .withdraw = sleep_withdraw,
    .cancel = sleep_cancel,
    .drop = sleep_free,
};

WAIT_SHAPE(sleep_ops, "sleep", struct sleep, awaitable,
           WAIT_PART(WAIT_TIMER, struct sleep, timer));

struct outcome sleep_for(struct loop *loop, nanos span)
{
    struct sleep *sleep = malloc(sizeof *sleep);
    if (!sleep)
        return outcome_failure(&failure_no_memory);
    *sleep = (struct sleep){.awaitable.ops = &sleep_ops, .timer.run = on_time};
    moment_init(&sleep->moment, loop);
    if (span > 0)
        loop_call_at(loop, &sleep->timer, nanos_after(loop_time(loop), span));
    else
        loop_call_soon(loop, &sleep->timer);
    return outcome_pending(&sleep->awaitable);
}
