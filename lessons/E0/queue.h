/* SPDX-License-Identifier: MIT */
/* Given: a queue of handles. It is a ring that begins and ends at a handle of
 * its own, so that any handle can leave it without knowing which queue it is
 * in: `queue` is that handle, and queue->next is the first in the queue. */
#ifndef LESSONS_E0_QUEUE_H
#define LESSONS_E0_QUEUE_H

#include "base/contract.h"
#include "callbacks/loop.h"

static inline void queue_init(struct handle *queue)
{
    queue->next = queue->previous = queue;
}

static inline bool queue_is_empty(const struct handle *queue)
{
    return queue->next == queue;
}

/* At the end; the handle is HANDLE_READY from then on. Contract: it is in no
 * queue and in no heap (HANDLE_IDLE). */
static inline void queue_append(struct handle *queue, struct handle *handle)
{
    REQUIRE(handle->state == HANDLE_IDLE,
            "queue_append: the handle is in no queue and in no heap");
    handle->state = HANDLE_READY;
    handle->next = queue;
    handle->previous = queue->previous;
    queue->previous->next = handle;
    queue->previous = handle;
}

/* From wherever it is, in whatever queue: HANDLE_IDLE again. Contract: it is in
 * one (HANDLE_READY). */
static inline void queue_remove(struct handle *handle)
{
    REQUIRE(handle->state == HANDLE_READY,
            "queue_remove: the handle is in a queue");
    handle->state = HANDLE_IDLE;
    handle->previous->next = handle->next;
    handle->next->previous = handle->previous;
}

/* Moves all of `from` to `queue`, a new one; `from` is empty afterwards. */
static inline void queue_take_all(struct handle *queue, struct handle *from)
{
    queue_init(queue);
    if (queue_is_empty(from))
        return;
    queue->next = from->next;
    queue->previous = from->previous;
    queue->next->previous = queue->previous->next = queue;
    queue_init(from);
}

#endif
