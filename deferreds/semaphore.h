/* SPDX-License-Identifier: MIT */
/* Locks with Deferreds: Twisted's DeferredLock and DeferredSemaphore (DF23,
 * DF24). A lock is a semaphore with one token.
 *
 * First come, first served. A token that is given back goes to the first one
 * that waits; code that asks in between waits behind it.
 */
#ifndef DEFERREDS_SEMAPHORE_H
#define DEFERREDS_SEMAPHORE_H

#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

struct acquisition;

/* The storage is the caller's. It must be there until no code waits for it. */
struct deferred_semaphore {
    unsigned tokens, limit;
    struct acquisition *first, **last; /* those that wait */
    bool handing_out;
};

/* `tokens` is at least 1. */
void deferred_semaphore_init(struct deferred_semaphore *semaphore,
                             unsigned tokens);

static inline void deferred_lock_init(struct deferred_semaphore *lock)
{
    deferred_semaphore_init(lock, 1);
}

/* A Deferred that fires with the semaphore (borrowed) when there is a token. If
 * there is one now, the Deferred has fired when this returns; if this is called
 * inside a callback that was given a token, it fires when that callback has
 * returned. Cancelling it gives up the place; once it has fired, that does
 * nothing. NULL: no memory. */
OUTCOME_OWNED struct deferred *
deferred_acquire(struct deferred_semaphore *semaphore);

/* Gives a token back that was acquired. */
void deferred_release(struct deferred_semaphore *semaphore);

/* Acquires a token, calls fn(context, None), and gives the token back when what
 * it returned has come, whatever that is. NULL: no memory. */
OUTCOME_OWNED struct deferred *
deferred_run_with(struct deferred_semaphore *semaphore, deferred_fn *fn,
                  void *context);

#ifdef __cplusplus
}
#endif

#endif
