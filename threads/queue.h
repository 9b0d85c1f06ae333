/* SPDX-License-Identifier: MIT */
/* A queue between threads: first in, first out, with room for N and no more, so
 * that a producer that is too fast waits for the consumers.
 *
 * It is Python's queue.Queue, with a way to close it. What waits in it is
 * yours and is linked in, not copied: nothing is allocated.
 */
#ifndef THREADS_QUEUE_H
#define THREADS_QUEUE_H

#include "base/nanos.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Put one into whatever is to be queued, and find that again with
 * container_of. It can be in one queue at a time. */
struct queued {
    struct queued *next;
};

struct thread_queue {
    size_t capacity; /* how many may wait; 0: any number */

    /* The lock must be held for these. */
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full, all_done;
    struct queued *first, **last;
    size_t size;
    size_t waiting;    /* in thread_queue_take */
    size_t unfinished; /* put, and not yet reported by thread_queue_task_done */
    bool closed;
};

/* 0 or a negative errno. */
int thread_queue_init(struct thread_queue *queue, size_t capacity);

/* What still waits in it is forgotten. No thread may be using it. */
void thread_queue_deinit(struct thread_queue *queue);

/* Appends; waits while the queue is full, and gives up at `deadline`, a moment
 * of the monotonic clock: NEVER waits as long as it takes, 0 does not wait at
 * all. Returns 0, -ETIMEDOUT, or -ESHUTDOWN once the queue is closed. */
int thread_queue_put(struct thread_queue *queue, struct queued *item,
                     nanos deadline);

/* Appends without waiting, beyond the capacity too: for a thread that would
 * wait for itself, because it is the one that takes. 0 or -ESHUTDOWN. */
int thread_queue_put_anyway(struct thread_queue *queue, struct queued *item);

/* Appends all that hang on `first` (NULL: none), in their order, beyond the
 * capacity too. The queue must not be closed. Wakes one thread in
 * thread_queue_take; there each wakes the next while something is left. */
void thread_queue_put_chain(struct thread_queue *queue, struct queued *first);

/* Takes the first one; waits while there is none, as above. Returns 0 with
 * *item; -ETIMEDOUT; or -ESHUTDOWN once the queue is closed and empty. */
int thread_queue_take(struct thread_queue *queue, struct queued **item,
                      nanos deadline);

/* No more is taken in; what is there can still be taken out. Wakes all threads
 * that wait for what will not happen any more. */
void thread_queue_close(struct thread_queue *queue);

/* How many items wait. The number may have changed when you read it. */
size_t thread_queue_size(struct thread_queue *queue);

/* Says that one that was taken has been dealt with. 0, or -EINVAL when more
 * are reported than were put. */
int thread_queue_task_done(struct thread_queue *queue);

/* Waits until all that was ever put has been reported so. */
void thread_queue_join(struct thread_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
