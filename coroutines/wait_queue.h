/* SPDX-License-Identifier: MIT */
/* Code that waits in line: what a lock, an event, a condition and a queue have
 * in common. First come, first admitted.
 *
 * Between being admitted and going on there is a turn of the loop, during which
 * the Task may be cancelled. So nothing is handed over before it is taken: an
 * admission is a promise, which is kept by `take`, or passed on to the next in
 * line. That is why nothing is lost to a cancellation.
 *
 * All of it belongs to the loop's thread.
 */
#ifndef COROUTINES_WAIT_QUEUE_H
#define COROUTINES_WAIT_QUEUE_H

#include "callbacks/awaitable.h"
#include "callbacks/failure.h"

#ifdef __cplusplus
extern "C" {
#endif

struct wait_queue;

struct wait_queue_ops {
    const char *name; /* for people, what is waited for: "Lock" */
    /* Called when an admitted wait goes on: returns its outcome. `brought` is
     * handed over. NULL: the outcome is None. */
    struct outcome (*take)(struct wait_queue *queue, struct outcome brought);
    /* Called when an admitted wait was cancelled, or dropped, before it took.
     * NULL: there is nothing to pass on. */
    void (*pass_on)(struct wait_queue *queue);
};

/* Storage that is the caller's, which keeps it until no code waits in it. Read
 * at will. */
struct wait_queue {
    struct loop *loop;
    const struct wait_queue_ops *ops;
    struct queued_wait *first,
        *last; /* those that were not admitted, in order */
};

enum queued_state { QUEUED_WAITS, QUEUED_ADMITTED, QUEUED_CANCELLED };

/* A place in the line, as something to wait for. Read at will. */
struct queued_wait {
    struct awaitable awaitable;
    struct wait_queue *queue;
    struct queued_wait *next, *previous;
    struct handle *waiter;  /* NULL: no code waits for it yet */
    struct outcome brought; /* by the waiting code */
    enum queued_state state;
    bool on_heap;
};

extern const struct awaitable_ops queued_wait_ops;

void wait_queue_init(struct wait_queue *queue, struct loop *loop,
                     const struct wait_queue_ops *ops);

/* A place at the end of the line, on the heap: pending; or failure_no_memory.
 * `brought` is taken over, and dropped if the wait is cancelled. */
OUTCOME_OWNED struct outcome wait_queue_join(struct wait_queue *queue,
                                             struct outcome brought);

/* The same in storage of the caller's, which must last until the wait is over.
 * So it cannot fail. */
OUTCOME_OWNED struct outcome wait_queue_join_in(struct wait_queue *queue,
                                                struct queued_wait *place,
                                                struct outcome brought);

/* Admits the wait that is first in line: it goes on in the next turn. False: no
 * code waits. */
bool wait_queue_admit(struct wait_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
