/* SPDX-License-Identifier: MIT */
#include "coroutines/lock.h"

#include <stdlib.h>

struct waiter {
    struct future future;
    struct semaphore *semaphore;
    struct waiter *next, *previous;
};

static void permit_drop(struct outcome permit)
{
    semaphore_release(permit.pointer);
}

const struct kind permit_kind = {.name = "permit", .drop = permit_drop};

void semaphore_init(struct semaphore *semaphore, struct loop *loop,
                    size_t permits)
{
    *semaphore = (struct semaphore){.loop = loop, .permits = permits};
}

/* ---- those that wait ---- */

static void append(struct semaphore *semaphore, struct waiter *waiter)
{
    waiter->previous = semaphore->last;
    if (semaphore->last)
        semaphore->last->next = waiter;
    else
        semaphore->first = waiter;
    semaphore->last = waiter;
}

static void take_out(struct waiter *waiter)
{
    struct semaphore *semaphore = waiter->semaphore;
    if (waiter->previous)
        waiter->previous->next = waiter->next;
    else
        semaphore->first = waiter->next;
    if (waiter->next)
        waiter->next->previous = waiter->previous;
    else
        semaphore->last = waiter->previous;
}

static struct waiter *waiter_of(struct future *future)
{
    return container_of(future, struct waiter, future);
}

static bool cancel(struct future *future)
{
    if (future_done(future))
        return false;
    take_out(waiter_of(future));
    future->cancel = NULL;
    return future_cancel(future);
}

/* One that is dropped while it waits has not been cancelled before. */
static void release(struct future *future)
{
    if (!future_done(future))
        take_out(waiter_of(future));
    free(waiter_of(future));
}

/* ---- taking turns ---- */

struct outcome semaphore_acquire(struct semaphore *semaphore)
{
    if (!semaphore_locked(semaphore)) {
        semaphore->permits--;
        return outcome_value(&permit_kind, semaphore);
    }
    struct waiter *waiter = malloc(sizeof *waiter);
    if (!waiter)
        return outcome_failure(&failure_no_memory);
    *waiter = (struct waiter){.semaphore = semaphore};
    future_init(&waiter->future, semaphore->loop);
    waiter->future.cancel = cancel;
    waiter->future.release = release;
    append(semaphore, waiter);
    return outcome_pending(&waiter->future.awaitable);
}

void semaphore_release(struct semaphore *semaphore)
{
    struct waiter *waiter = semaphore->first;
    if (!waiter) {
        semaphore->permits++;
        return;
    }
    take_out(waiter);
    future_set_result(&waiter->future, outcome_value(&permit_kind, semaphore));
}
