/* SPDX-License-Identifier: MIT */
#include "deferreds/queue.h"

#include "base/contract.h"
#include "callbacks/wait_shape.h"

#include <errno.h>
#include <stdlib.h>

const struct failure_type queue_underflow_type = {"QueueUnderflow", NULL};

struct queue_item {
    struct outcome outcome;
    struct queue_item *next;
};

struct queue_get {
    struct deferred deferred;
    struct deferred_queue *queue;
    struct queue_get *next;
};

void deferred_queue_init(struct deferred_queue *queue, size_t size,
                         size_t backlog)
{
    *queue = (struct deferred_queue){.size = size, .backlog = backlog};
    queue->last_item = &queue->first_item;
    queue->last_get = &queue->first_get;
}

/* ---- what is kept ---- */

static int keep_item(struct deferred_queue *queue, struct outcome outcome)
{
    struct queue_item *item =
        queue->kept < queue->size ? malloc(sizeof *item) : NULL;
    if (!item) {
        outcome_drop(outcome);
        return queue->kept < queue->size ? -ENOMEM : -ENOBUFS;
    }
    *item = (struct queue_item){outcome, NULL};
    *queue->last_item = item;
    queue->last_item = &item->next;
    queue->kept++;
    return 0;
}

static struct outcome take_item(struct deferred_queue *queue)
{
    struct queue_item *item = queue->first_item;
    struct outcome outcome = item->outcome;
    queue->first_item = item->next;
    if (!queue->first_item)
        queue->last_item = &queue->first_item;
    queue->kept--;
    free(item);
    return outcome;
}

void deferred_queue_deinit(struct deferred_queue *queue)
{
    REQUIRE(!queue->first_get, "deferred_queue_deinit: no code is waiting");
    while (queue->first_item)
        outcome_drop(take_item(queue));
}

/* ---- what waits ---- */

static void unlink_get(struct queue_get *get)
{
    struct deferred_queue *queue = get->queue;
    struct queue_get **link = &queue->first_get;
    while (*link != get)
        link = &(*link)->next;
    *link = get->next;
    if (!*link)
        queue->last_get = link;
    queue->waiting--;
}

static bool give_up(struct deferred *deferred)
{
    unlink_get(container_of(deferred, struct queue_get, deferred));
    return false;
}

static void get_free(struct deferred *deferred)
{
    free(container_of(deferred, struct queue_get, deferred));
}
WAIT_SHAPE_BY(get_free, "DeferredQueue.get", struct queue_get, deferred,
              WAIT_PART(WAIT_NOTHING, struct queue_get, queue));

int deferred_queue_put(struct deferred_queue *queue, struct outcome outcome)
{
    struct queue_get *first = queue->first_get;
    if (!first)
        return keep_item(queue, outcome);
    unlink_get(first);
    deferred_fire(&first->deferred, outcome);
    return 0;
}

struct deferred *deferred_queue_get(struct deferred_queue *queue)
{
    struct queue_get *get = malloc(sizeof *get);
    if (!get)
        return NULL;
    deferred_init(&get->deferred, give_up);
    get->deferred.release = get_free;
    get->queue = queue;
    get->next = NULL;
    if (queue->kept > 0) {
        deferred_fire(&get->deferred, take_item(queue));
    } else if (queue->waiting < queue->backlog) {
        *queue->last_get = get;
        queue->last_get = &get->next;
        queue->waiting++;
    } else {
        deferred_fire(&get->deferred,
                      outcome_fail(&queue_underflow_type, 0, "%zu wait already",
                                   queue->waiting));
    }
    return &get->deferred;
}
