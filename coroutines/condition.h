/* SPDX-License-Identifier: MIT */
/* asyncio's Condition (SY3): code that holds a lock, and waits until other code
 * that holds it says that something has changed.
 *
 *     CO_AWAIT(semaphore_acquire(&f->lock));
 *     while (!there_is_work(f))
 *         CO_YIELD_FROM(condition_wait(&f->waiter, &f->condition));
 *     ... the work, under the lock ...
 *     semaphore_release(&f->lock);
 *
 * To wait is a generator, as it is a coroutine in asyncio: first it waits to be
 * notified, without the lock, and then for the lock.
 */
#ifndef COROUTINES_CONDITION_H
#define COROUTINES_CONDITION_H

#include "coroutines/frame.h"
#include "coroutines/lock.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Storage that is the caller's. Read at will. */
struct condition {
    struct semaphore *lock;
    struct wait_queue waiting; /* to be notified */
};

/* The lock is borrowed: several conditions may share one. */
void condition_init(struct condition *condition, struct semaphore *lock);

/* What a wait needs: usually a member of the frame of the code that waits. */
struct condition_waiter {
    struct frame frame;
    struct condition *condition;
    struct queued_wait place; /* to be notified, and then for the lock */
    struct outcome came;      /* the outcome of being notified */
};

/* A generator: gives the lock back, waits to be notified, takes the lock again,
 * and returns None. It needs no memory.
 *
 * If it is cancelled it fails with CancelledError, but only once it has the
 * lock again: however the wait ends, the caller holds the lock and releases it
 * on every way out. Only a wait that is closed cannot wait for the lock. It
 * then holds the lock beside its owner (semaphore_owe), so that its way out is
 * the same.
 *
 * Fails with RuntimeError when the lock is not taken, and then the caller does
 * not hold it. */
struct generator *condition_wait(struct condition_waiter *waiter,
                                 struct condition *condition);

typedef bool condition_predicate(void *context);

struct condition_until {
    struct frame frame;
    struct condition_waiter waiter;
    struct condition *condition;
    condition_predicate *predicate;
    void *context;
};

/* asyncio's Condition.wait_for: waits again and again, until predicate(context)
 * is true. It is asked under the lock, for the first time at once. */
struct generator *condition_wait_until(struct condition_until *until,
                                       struct condition *condition,
                                       condition_predicate *predicate,
                                       void *context);

/* Wakes the `count` Tasks that have waited longest, or all: they take turns
 * with the lock, once the caller releases it. A Task that was cancelled
 * meanwhile passes its notification on to the next, also while it waits for the
 * lock, where CPython 3.11 loses it. 0; or -EPERM when the lock is not
 * taken. */
int condition_notify(struct condition *condition, size_t count);
int condition_notify_all(struct condition *condition);

#ifdef __cplusplus
}
#endif

#endif
