/* SPDX-License-Identifier: MIT */
/* Twisted's DeferredQueue (DF25): outcomes go in at one end, and code that
 * wants one waits for it at the other, first come, first served. */
#ifndef DEFERREDS_QUEUE_H
#define DEFERREDS_QUEUE_H

#include "callbacks/failure.h"
#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* QueueUnderflow: as many wait already as may. */
extern const struct failure_type queue_underflow_type;

struct queue_item;
struct queue_get;

#define DEFERRED_QUEUE_NO_LIMIT SIZE_MAX

/* The storage is the caller's. */
struct deferred_queue {
    size_t size, backlog; /* most that are kept, most that may wait */
    size_t kept, waiting;
    struct queue_item *first_item, **last_item;
    struct queue_get *first_get, **last_get;
};

void deferred_queue_init(struct deferred_queue *queue, size_t size,
                         size_t backlog);

/* Drops what is kept. No code may be waiting. */
void deferred_queue_deinit(struct deferred_queue *queue);

/* Gives the outcome to the first one that waits, or keeps it. 0; -ENOBUFS when
 * `size` are kept already (Twisted's QueueOverflow); -ENOMEM. Takes the outcome
 * over in every case. */
int deferred_queue_put(struct deferred_queue *queue, struct outcome outcome);

/* A Deferred that fires with the oldest outcome; it has fired when there is one
 * now. It fails with QueueUnderflow when `backlog` wait already. Cancelling it
 * gives up the place. NULL: no memory. */
OUTCOME_OWNED struct deferred *deferred_queue_get(struct deferred_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
