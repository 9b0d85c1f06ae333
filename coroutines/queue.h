/* SPDX-License-Identifier: MIT */
/* asyncio's Queue, PriorityQueue and LifoQueue (SY5): outcomes go in at one end
 * and come out at the other, and a Task that finds it full, or empty, waits.
 *
 *     CO_AWAIT(queue_put(&f->queue, outcome_number(3)));
 *     CO_AWAIT(queue_get(&f->queue));                     got: 3
 *
 * Waiting Tasks are served in the order in which they came, and none is
 * overtaken. An item leaves the queue, or enters it, when the Task that has
 * waited goes on, not before: so a Task that is cancelled in that turn has lost
 * nothing, and the next in line is served.
 */
#ifndef COROUTINES_QUEUE_H
#define COROUTINES_QUEUE_H

#include "coroutines/event.h"

#ifdef __cplusplus
extern "C" {
#endif

struct queue;

/* Is `a` to come out before `b`? Only looks. */
typedef bool queue_before(const struct outcome *a, const struct outcome *b);

/* The order in which items come out. `add` is called only when there is room,
 * `remove` only when there is an item. */
struct queue_order {
    const char *name;
    void (*add)(struct queue *queue, struct outcome item);
    struct outcome (*remove)(struct queue *queue);
};

/* First in, first out; last in, first out; and the order of `before`, in which
 * equal items come out first in, first out. */
extern const struct queue_order fifo_order;
extern const struct queue_order lifo_order;
extern const struct queue_order priority_order;

/* Storage that is the caller's. Read at will. */
struct queue {
    const struct queue_order *order;
    queue_before *before;
    size_t limit;          /* 0: none */
    struct outcome *items; /* a ring */
    size_t head, capacity; /* its beginning and its length */
    size_t count;          /* items in it, ... */
    size_t claimed;        /* how many of them are promised to getters */
    size_t reserved;       /* places that are promised to putters */
    size_t unfinished;     /* put, and not yet reported as done */
    struct event finished; /* nothing is unfinished */
    struct wait_queue getters, putters;
};

/* First in, first out. At most `limit` items, 0: any number. */
void queue_init(struct queue *queue, struct loop *loop, size_t limit);

void queue_init_lifo(struct queue *queue, struct loop *loop, size_t limit);

/* The item that is before all others comes out first: the lowest, in
 * asyncio. */
void queue_init_priority(struct queue *queue, struct loop *loop, size_t limit,
                         queue_before *before);

/* Drops what is in it. Contract: no code waits for it. */
void queue_deinit(struct queue *queue);

/* Reserves room for `count` items in all: up to that number, putting one in
 * needs no memory. 0 or -ENOMEM. */
int queue_reserve(struct queue *queue, size_t count);

/* Puts the item in: at once, or when there is room, and then it comes to None.
 * Takes the item over in every case; it is dropped if the wait is cancelled, or
 * fails for want of memory. */
OUTCOME_OWNED struct outcome queue_put(struct queue *queue,
                                       struct outcome item);

/* 0; -EAGAIN when it is full (QueueFull); -ENOMEM. Takes the item over in every
 * case. */
int queue_put_nowait(struct queue *queue, struct outcome item);

/* The next item, at once or pending. */
OUTCOME_OWNED struct outcome queue_get(struct queue *queue);

/* 0 with the next item; -EAGAIN when there is none (QueueEmpty). */
int queue_get_nowait(struct queue *queue, struct outcome *item);

/* Says that the work on one item is done. 0; or -EINVAL when fewer items were
 * put in (ValueError). */
int queue_task_done(struct queue *queue);

/* None, when the work on everything that was put in is done. */
OUTCOME_OWNED struct outcome queue_join(struct queue *queue);

/* Would queue_get wait? */
static inline bool queue_empty(const struct queue *queue)
{
    return queue->count == queue->claimed;
}

/* Would queue_put wait? */
static inline bool queue_full(const struct queue *queue)
{
    return queue->limit && queue->count + queue->reserved >= queue->limit;
}

#ifdef __cplusplus
}
#endif

#endif
