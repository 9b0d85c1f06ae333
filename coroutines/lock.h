/* SPDX-License-Identifier: MIT */
/* Taking turns: asyncio's Semaphore, and the Lock, which is one for a single
 * owner (SY1, SY4 in the tests).
 *
 *     CO_AWAIT(semaphore_acquire(&f->semaphore));
 *     ... other code has to wait ...
 *     semaphore_release(&f->semaphore);
 *
 * First come, first served: code that comes while others wait, waits behind
 * them, though a permit may be free. A permit is a value: dropped, it goes to
 * the next one. So one that reaches a Task that was cancelled meanwhile is not
 * lost, and there is no more to it than that.
 */
#ifndef COROUTINES_LOCK_H
#define COROUTINES_LOCK_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Storage that is the caller's. Read at will. */
struct semaphore {
    struct loop *loop;
    size_t permits;              /* that are free */
    struct waiter *first, *last; /* private: those that wait, in order */
};

/* A lock has one permit. */
void semaphore_init(struct semaphore *semaphore, struct loop *loop,
                    size_t permits);

/* A permit, at once or pending. To keep it is to do nothing with it; later
 * comes semaphore_release, or outcome_drop of the permit. */
OUTCOME_OWNED struct outcome semaphore_acquire(struct semaphore *semaphore);

/* Gives one permit back: to the one that has waited longest, which goes on in
 * the next turn. */
void semaphore_release(struct semaphore *semaphore);

/* Would semaphore_acquire wait? */
static inline bool semaphore_locked(const struct semaphore *semaphore)
{
    return !semaphore->permits || semaphore->first;
}

extern const struct kind permit_kind; /* .pointer: the semaphore */

#ifdef __cplusplus
}
#endif

#endif
