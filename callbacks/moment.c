/* SPDX-License-Identifier: MIT */
#include "callbacks/moment.h"

#include "callbacks/failure.h"

static const struct awaitable_ops moment_ops;

static struct moment *moment_of(const struct awaitable *awaitable)
{
    return container_of(awaitable, struct moment, awaitable);
}

void moment_init(struct moment *moment, struct loop *loop)
{
    *moment = (struct moment){.awaitable.ops = &moment_ops, .loop = loop};
}

struct outcome moment_next(struct moment *moment)
{
    moment->come = moment->cancelled = false;
    return outcome_pending(&moment->awaitable);
}

/* Takes the waiter out before running it, because it may wait again. */
void moment_come(struct moment *moment)
{
    struct handle *waiter = moment->waiter;
    moment->come = true;
    moment->waiter = NULL;
    if (waiter)
        handle_run(waiter);
}

/* ---- as an awaitable ---- */

static bool moment_is_ready(const struct awaitable *awaitable)
{
    return moment_of(awaitable)->come || moment_of(awaitable)->cancelled;
}

static struct outcome moment_take(struct awaitable *awaitable)
{
    return moment_of(awaitable)->cancelled ? outcome_failure(&failure_cancelled)
                                           : outcome_none();
}

static void moment_notify(struct awaitable *awaitable, struct handle *handle)
{
    moment_of(awaitable)->waiter = handle;
}

/* A cancelled moment has already scheduled its waiter on the loop. */
static void moment_withdraw(struct awaitable *awaitable, struct handle *handle)
{
    moment_of(awaitable)->waiter = NULL;
    loop_cancel(moment_of(awaitable)->loop, handle);
}

/* Cancelling may happen inside any code, so the loop runs the waiter, in its
 * next turn. */
static bool moment_cancel(struct awaitable *awaitable)
{
    struct moment *moment = moment_of(awaitable);
    if (moment_is_ready(awaitable))
        return false;
    moment->cancelled = true;
    if (moment->waiter)
        loop_call_soon(moment->loop, moment->waiter);
    moment->waiter = NULL;
    return true;
}

static void moment_drop(struct awaitable *awaitable)
{
    moment_of(awaitable)->cancelled = true;
}

static const struct awaitable_ops moment_ops = {
    .name = "moment",
    .ready = moment_is_ready,
    .take = moment_take,
    .notify = moment_notify,
    .withdraw = moment_withdraw,
    .cancel = moment_cancel,
    .drop = moment_drop,
};
