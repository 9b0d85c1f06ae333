/* SPDX-License-Identifier: MIT */
#include "coroutines/shared_wait.h"

#include <stdlib.h>

struct wait {
    struct awaitable awaitable;
    struct future *future;
    struct handle *waiter; /* NULL: no code waits */
    bool cancelled;
};

static struct wait *of(const struct awaitable *awaitable)
{
    return container_of(awaitable, struct wait, awaitable);
}

static void wait_free(struct awaitable *awaitable)
{
    future_unref(of(awaitable)->future);
    free(of(awaitable));
}

static bool wait_is_ready(const struct awaitable *awaitable)
{
    return of(awaitable)->cancelled || future_done(of(awaitable)->future);
}

static struct outcome wait_take(struct awaitable *awaitable)
{
    struct future *future = of(awaitable)->future;
    if (of(awaitable)->cancelled) {
        wait_free(awaitable);
        return outcome_failure(&failure_cancelled);
    }
    free(of(awaitable));
    return awaitable_take(&future->awaitable);
}

static void wait_notify(struct awaitable *awaitable, struct handle *handle)
{
    of(awaitable)->waiter = handle;
    future_add_done_callback(of(awaitable)->future, handle);
}

/* A handle that the loop has already is taken off there. */
static void wait_withdraw(struct awaitable *awaitable, struct handle *handle)
{
    of(awaitable)->waiter = NULL;
    future_remove_done_callback(of(awaitable)->future, handle);
}

/* Only this one is told. */
static bool wait_cancel(struct awaitable *awaitable)
{
    struct wait *wait = of(awaitable);
    if (wait_is_ready(awaitable))
        return false;
    wait->cancelled = true;
    if (wait->waiter) {
        future_remove_done_callback(wait->future, wait->waiter);
        loop_call_soon(wait->future->loop, wait->waiter);
    }
    return true;
}

static const struct awaitable_ops wait_ops = {
    .name = "wait",
    .ready = wait_is_ready,
    .take = wait_take,
    .notify = wait_notify,
    .withdraw = wait_withdraw,
    .cancel = wait_cancel,
    .drop = wait_free,
};

struct outcome shared_wait(struct future *future)
{
    struct wait *wait = malloc(sizeof *wait);
    if (!wait)
        return outcome_failure(&failure_no_memory);
    *wait =
        (struct wait){.awaitable.ops = &wait_ops, .future = future_ref(future)};
    return outcome_pending(&wait->awaitable);
}
