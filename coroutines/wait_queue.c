/* SPDX-License-Identifier: MIT */
#include "coroutines/wait_queue.h"

#include <stdlib.h>

void wait_queue_init(struct wait_queue *queue, struct loop *loop,
                     const struct wait_queue_ops *ops)
{
    *queue = (struct wait_queue){.loop = loop, .ops = ops};
}

/* ---- the line ---- */

static void append_wait(struct wait_queue *queue, struct queued_wait *wait)
{
    wait->previous = queue->last;
    if (queue->last)
        queue->last->next = wait;
    else
        queue->first = wait;
    queue->last = wait;
}

static void take_out(struct queued_wait *wait)
{
    struct wait_queue *queue = wait->queue;
    if (wait->previous)
        wait->previous->next = wait->next;
    else
        queue->first = wait->next;
    if (wait->next)
        wait->next->previous = wait->previous;
    else
        queue->last = wait->previous;
}

static void leave_queue(struct queued_wait *wait, enum queued_state state)
{
    take_out(wait);
    wait->state = state;
    if (wait->waiter)
        loop_call_soon(wait->queue->loop, wait->waiter);
}

struct outcome wait_queue_join_in(struct wait_queue *queue,
                                  struct queued_wait *place,
                                  struct outcome brought)
{
    *place = (struct queued_wait){
        .awaitable.ops = &queued_wait_ops, .queue = queue, .brought = brought};
    append_wait(queue, place);
    return outcome_pending(&place->awaitable);
}

struct outcome wait_queue_join(struct wait_queue *queue, struct outcome brought)
{
    struct queued_wait *place = malloc(sizeof *place);
    if (!place) {
        outcome_drop(brought);
        return outcome_failure(&failure_no_memory);
    }
    struct outcome pending = wait_queue_join_in(queue, place, brought);
    place->on_heap = true;
    return pending;
}

bool wait_queue_admit(struct wait_queue *queue)
{
    if (!queue->first)
        return false;
    leave_queue(queue->first, QUEUED_ADMITTED);
    return true;
}

/* ---- as an awaitable ---- */

static struct queued_wait *queued_wait_of(const struct awaitable *awaitable)
{
    return container_of(awaitable, struct queued_wait, awaitable);
}

static void pass_on(struct wait_queue *queue)
{
    if (queue->ops->pass_on)
        queue->ops->pass_on(queue);
}

static void end_wait(struct queued_wait *wait)
{
    outcome_drop(wait->brought);
    if (wait->on_heap)
        free(wait);
}

static bool queued_is_ready(const struct awaitable *awaitable)
{
    return queued_wait_of(awaitable)->state != QUEUED_WAITS;
}

static struct outcome queued_take(struct awaitable *awaitable)
{
    struct queued_wait *wait = queued_wait_of(awaitable);
    struct wait_queue *queue = wait->queue;
    bool cancelled = wait->state == QUEUED_CANCELLED;
    struct outcome brought = outcome_take(&wait->brought);
    end_wait(wait);
    if (!cancelled && queue->ops->take)
        return queue->ops->take(queue, brought);
    outcome_drop(brought);
    return cancelled ? outcome_failure(&failure_cancelled) : outcome_none();
}

static void queued_notify(struct awaitable *awaitable, struct handle *handle)
{
    queued_wait_of(awaitable)->waiter = handle;
}

static void queued_withdraw(struct awaitable *awaitable, struct handle *handle)
{
    queued_wait_of(awaitable)->waiter = NULL;
    loop_cancel(queued_wait_of(awaitable)->queue->loop, handle);
}

/* An admitted wait, too, may be cancelled, until it has taken. */
static bool queued_cancel(struct awaitable *awaitable)
{
    struct queued_wait *wait = queued_wait_of(awaitable);
    if (wait->state == QUEUED_CANCELLED)
        return false;
    if (wait->state == QUEUED_WAITS) {
        leave_queue(wait, QUEUED_CANCELLED);
    } else {
        wait->state = QUEUED_CANCELLED;
        pass_on(wait->queue);
    }
    return true;
}

static void queued_drop(struct awaitable *awaitable)
{
    struct queued_wait *wait = queued_wait_of(awaitable);
    struct wait_queue *queue = wait->queue;
    bool admitted = wait->state == QUEUED_ADMITTED;
    if (wait->state == QUEUED_WAITS)
        take_out(wait);
    end_wait(wait);
    if (admitted)
        pass_on(queue);
}

const struct awaitable_ops queued_wait_ops = {
    .name = "place in line",
    .ready = queued_is_ready,
    .take = queued_take,
    .notify = queued_notify,
    .withdraw = queued_withdraw,
    .cancel = queued_cancel,
    .drop = queued_drop,
};
