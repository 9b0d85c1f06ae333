/* SPDX-License-Identifier: MIT */
/* What a queue keeps lies in a ring, whose first item is at `head`. */
#include "coroutines/queue.h"

static struct outcome *at(struct queue *queue, size_t place)
{
    return &queue->items[(queue->head + place) % queue->capacity];
}

static void add_last(struct queue *queue, struct outcome item)
{
    *at(queue, queue->count++) = item;
}

static struct outcome remove_first(struct queue *queue)
{
    struct outcome item = *at(queue, 0);
    queue->head = (queue->head + 1) % queue->capacity;
    queue->count--;
    return item;
}

static struct outcome remove_last(struct queue *queue)
{
    return *at(queue, --queue->count);
}

/* Keeps the ring sorted: the items behind the new one move on by one. */
static void add_sorted(struct queue *queue, struct outcome item)
{
    size_t place = queue->count++;
    for (; place && queue->before(&item, at(queue, place - 1)); place--)
        *at(queue, place) = *at(queue, place - 1);
    *at(queue, place) = item;
}

const struct queue_order fifo_order = {"Queue", add_last, remove_first};
const struct queue_order lifo_order = {"LifoQueue", add_last, remove_last};
const struct queue_order priority_order = {"PriorityQueue", add_sorted,
                                           remove_first};
