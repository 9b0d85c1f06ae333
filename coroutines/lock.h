/* SPDX-License-Identifier: MIT */
/* asyncio's Semaphore, and its Lock, which is a semaphore with one permit (SY1,
 * SY4 in the tests).
 *
 *     CO_AWAIT(semaphore_acquire(&f->semaphore));
 *     ... other code has to wait ...
 *     semaphore_release(&f->semaphore);
 *
 * First come, first served: code that comes while others wait, or while one
 * that has waited is about to go on, waits behind them, though a permit may be
 * free. A permit is a value: when it is dropped it goes to the next in line. So
 * a permit that reaches a Task that was cancelled meanwhile is not lost.
 */
#ifndef COROUTINES_LOCK_H
#define COROUTINES_LOCK_H

#include "coroutines/wait_queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Storage that is the caller's. Read at will. */
struct semaphore {
    long permits;              /* that are free; below 0: see semaphore_owe */
    long limit;                /* most that may be free */
    size_t admitted;           /* those that have waited and will go on */
    struct wait_queue waiting; /* those that wait, in order */
};

/* A semaphore that may be released more often than it was acquired. */
void semaphore_init(struct semaphore *semaphore, struct loop *loop,
                    size_t permits);

/* asyncio's BoundedSemaphore, which may not. */
void semaphore_init_bounded(struct semaphore *semaphore, struct loop *loop,
                            size_t permits);

/* A lock is bounded, and has one permit. */
static inline void lock_init(struct semaphore *lock, struct loop *loop)
{
    semaphore_init_bounded(lock, loop, 1);
}

/* A permit, at once or pending. It needs no storage: later call
 * semaphore_release, or outcome_drop on the permit. */
OUTCOME_OWNED struct outcome semaphore_acquire(struct semaphore *semaphore);

/* The same, and if it has to wait it does so in storage of the caller's, which
 * lasts until the wait is over: so it cannot fail for want of memory. */
OUTCOME_OWNED struct outcome semaphore_acquire_in(struct semaphore *semaphore,
                                                  struct queued_wait *place);

/* Gives one permit back: to the one that has waited longest, which goes on in
 * the next turn. 0; or -EPERM when it is bounded and none is out: RuntimeError
 * for a lock, ValueError for a semaphore. */
int semaphore_release(struct semaphore *semaphore);

/* Takes a permit even if none is free: the next one that is given back makes up
 * for it. For code that cannot wait and whose way out will release the
 * permit. */
static inline void semaphore_owe(struct semaphore *semaphore)
{
    semaphore->permits--;
}

/* Does any code have a permit? A permit on its way to the next in line does not
 * count yet. */
static inline bool semaphore_is_out(const struct semaphore *semaphore)
{
    return semaphore->permits < semaphore->limit - (long)semaphore->admitted;
}

/* Would semaphore_acquire wait? */
static inline bool semaphore_locked(const struct semaphore *semaphore)
{
    return semaphore->permits <= 0 || semaphore->waiting.first ||
           semaphore->admitted;
}

extern const struct kind permit_kind; /* .pointer: the semaphore */

#ifdef __cplusplus
}
#endif

#endif
