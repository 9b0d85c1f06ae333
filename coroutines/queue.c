/* SPDX-License-Identifier: MIT */
#include "coroutines/queue.h"

#include <errno.h>
#include <stdlib.h>

/* ---- items ---- */

/* Moves the items to a longer ring, in which the first item is at 0. */
int queue_reserve(struct queue *queue, size_t count)
{
    if (count <= queue->capacity)
        return 0;
    struct outcome *items = malloc(count * sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < queue->count; i++)
        items[i] = queue->items[(queue->head + i) % queue->capacity];
    free(queue->items);
    queue->items = items;
    queue->head = 0;
    queue->capacity = count;
    return 0;
}

static int make_room_for_one(struct queue *queue)
{
    if (queue->count < queue->capacity)
        return 0;
    return queue_reserve(queue, queue->capacity ? 2 * queue->capacity : 8);
}

static void admit_getters(struct queue *queue)
{
    while (!queue_empty(queue) && wait_queue_admit(&queue->getters))
        queue->claimed++;
}

static void admit_putters(struct queue *queue)
{
    while (!queue_full(queue) && wait_queue_admit(&queue->putters))
        queue->reserved++;
}

static int add_item(struct queue *queue, struct outcome item)
{
    int error = make_room_for_one(queue);
    if (error) {
        outcome_drop(item);
        return error;
    }
    queue->order->add(queue, item);
    queue->unfinished++;
    event_clear(&queue->finished);
    admit_getters(queue);
    return 0;
}

static struct outcome remove_next(struct queue *queue)
{
    struct outcome item = queue->order->remove(queue);
    admit_putters(queue);
    return item;
}

/* ---- Tasks that wait, once they are admitted ---- */

static struct outcome get_claimed(struct wait_queue *getters,
                                  struct outcome brought)
{
    struct queue *queue = container_of(getters, struct queue, getters);
    outcome_drop(brought);
    queue->claimed--;
    struct outcome item = remove_next(queue);
    admit_getters(queue);
    return item;
}

static void pass_on_claim(struct wait_queue *getters)
{
    struct queue *queue = container_of(getters, struct queue, getters);
    queue->claimed--;
    admit_getters(queue);
}

static struct outcome put_reserved(struct wait_queue *putters,
                                   struct outcome item)
{
    struct queue *queue = container_of(putters, struct queue, putters);
    queue->reserved--;
    int error = add_item(queue, item);
    admit_putters(queue);
    return error ? outcome_failure(&failure_no_memory) : outcome_none();
}

static void pass_on_place(struct wait_queue *putters)
{
    struct queue *queue = container_of(putters, struct queue, putters);
    queue->reserved--;
    admit_putters(queue);
}

/* ---- making one ---- */

static void queue_set_up(struct queue *queue, struct loop *loop, size_t limit,
                         const struct queue_order *order, queue_before *before)
{
    static const struct wait_queue_ops get_ops = {
        .name = "Queue.get", .take = get_claimed, .pass_on = pass_on_claim};
    static const struct wait_queue_ops put_ops = {
        .name = "Queue.put", .take = put_reserved, .pass_on = pass_on_place};
    *queue = (struct queue){.order = order, .before = before, .limit = limit};
    event_init(&queue->finished, loop);
    event_set(&queue->finished);
    wait_queue_init(&queue->getters, loop, &get_ops);
    wait_queue_init(&queue->putters, loop, &put_ops);
}

void queue_init(struct queue *queue, struct loop *loop, size_t limit)
{
    queue_set_up(queue, loop, limit, &fifo_order, NULL);
}

void queue_init_lifo(struct queue *queue, struct loop *loop, size_t limit)
{
    queue_set_up(queue, loop, limit, &lifo_order, NULL);
}

void queue_init_priority(struct queue *queue, struct loop *loop, size_t limit,
                         queue_before *before)
{
    queue_set_up(queue, loop, limit, &priority_order, before);
}

void queue_deinit(struct queue *queue)
{
    while (queue->count)
        outcome_drop(queue->order->remove(queue));
    free(queue->items);
    queue->items = NULL;
}

/* ---- putting and getting ---- */

int queue_put_nowait(struct queue *queue, struct outcome item)
{
    if (!queue_full(queue))
        return add_item(queue, item);
    outcome_drop(item);
    return -EAGAIN;
}

/* A Task that was admitted has not put its item yet, which must come before
 * this one. */
struct outcome queue_put(struct queue *queue, struct outcome item)
{
    if (queue_full(queue) || queue->reserved)
        return wait_queue_join(&queue->putters, item);
    return add_item(queue, item) ? outcome_failure(&failure_no_memory)
                                 : outcome_none();
}

int queue_get_nowait(struct queue *queue, struct outcome *item)
{
    if (queue_empty(queue))
        return -EAGAIN;
    *item = remove_next(queue);
    return 0;
}

/* A Task that was admitted has not taken its item yet, so that one is not
 * ours. */
struct outcome queue_get(struct queue *queue)
{
    if (queue_empty(queue) || queue->claimed)
        return wait_queue_join(&queue->getters, outcome_none());
    return remove_next(queue);
}

/* ---- counting unfinished work ---- */

int queue_task_done(struct queue *queue)
{
    if (!queue->unfinished)
        return -EINVAL;
    if (!--queue->unfinished)
        event_set(&queue->finished);
    return 0;
}

struct outcome queue_join(struct queue *queue)
{
    return event_wait(&queue->finished);
}
