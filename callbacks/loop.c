/* SPDX-License-Identifier: MIT */
#include "callbacks/loop.h"

#include "base/contract.h"
#include "callbacks/timers.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#ifndef WAITLAB_DEBUG
static_assert(sizeof(struct handle) <= 56, "each connection has several");
#endif

/* The longest sleep. Clocks are set and laptops are closed, so the loop looks
 * at the clock at least once a day. */
#define SLEEP_MAX (24 * 3600 * NANOS_PER_SECOND)

/* The most events of one turn. Others are still ready in the next one. */
enum { EVENTS_MAX = 256 };

struct loop {
    struct selector *selector;
    const struct clock *clock;
    nanos now; /* when this turn woke up */
    bool running, stopping;
    struct handle ready; /* the queue, a ring: ready.next is its first one */
    struct handle turn;  /* of this turn, those that have not run yet */
    struct timers timers;
    size_t watched;
    int selected; /* how many of `events` this turn's select has filled */
    struct selected events[EVENTS_MAX];
};

/* ---- a queue is a ring of handles that begins and ends at `queue` ---- */

static void queue_init(struct handle *queue)
{
    queue->next = queue->previous = queue;
}

static bool queue_is_empty(const struct handle *queue)
{
    return queue->next == queue;
}

static void queue_append(struct handle *queue, struct handle *handle)
{
    handle->state = HANDLE_READY;
    handle->next = queue;
    handle->previous = queue->previous;
    queue->previous->next = handle;
    queue->previous = handle;
}

static void queue_remove(struct handle *handle)
{
    handle->state = HANDLE_IDLE;
    handle->previous->next = handle->next;
    handle->next->previous = handle->previous;
}

/* Moves all of `from` to `queue`, which is not initialised yet. */
static void queue_take_all(struct handle *queue, struct handle *from)
{
    queue_init(queue);
    if (queue_is_empty(from))
        return;
    queue->next = from->next;
    queue->previous = from->previous;
    queue->next->previous = queue->previous->next = queue;
    queue_init(from);
}

/* ---- making and scheduling ---- */

int loop_new(struct loop **loop, const struct selector_ops *selector,
             const struct clock *clock)
{
    struct loop *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    int error = selector->open(&made->selector);
    if (error) {
        free(made);
        return error;
    }
    made->clock = clock;
    queue_init(&made->ready);
    queue_init(&made->turn);
    inspected_loop_begins(made);
    *loop = made;
    return 0;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    REQUIRE(!loop->running, "loop_free: not while the loop runs");
    inspected_loop_ends(loop);
    selector_close(loop->selector);
    free(loop);
}

nanos loop_time(const struct loop *loop)
{
    return loop->running ? loop->now : clock_now(loop->clock);
}

/* For loop_dump, in debug builds. */
static void note_time(const struct loop *loop, struct handle *handle)
{
#ifdef WAITLAB_DEBUG
    handle->since = loop_time(loop);
#else
    (void)loop;
    (void)handle;
#endif
}

/* Without this check both mistakes would show much later, as a NULL that is
 * called or written through in an unrelated turn. */
static void require_schedulable(const struct handle *handle)
{
    REQUIRE(handle->run, "loop_call_soon, loop_call_at: a handle has a run()");
    REQUIRE(handle->state != HANDLE_POSTED,
            "loop_call_soon, loop_call_at: not a handle in a mailbox");
}

void loop_call_soon(struct loop *loop, struct handle *handle)
{
    require_schedulable(handle);
    if (handle->state == HANDLE_READY)
        return;
    loop_cancel(loop, handle);
    queue_append(&loop->ready, handle);
    note_time(loop, handle);
}

void loop_call_at(struct loop *loop, struct handle *handle, nanos when)
{
    require_schedulable(handle);
    loop_cancel(loop, handle);
    timers_set(&loop->timers, handle, when);
    note_time(loop, handle);
}

void loop_cancel(struct loop *loop, struct handle *handle)
{
    REQUIRE(handle->state != HANDLE_POSTED,
            "loop_cancel: not a handle in a mailbox");
    if (handle->state == HANDLE_READY)
        queue_remove(handle);
    else if (handle->state == HANDLE_TIMED)
        timers_remove(&loop->timers, handle);
}

static int change_interest(struct loop *loop, struct watch *watch,
                           unsigned interest)
{
    if (!interest)
        return selector_remove(loop->selector, watch->fd);
    if (watch->interest)
        return selector_modify(loop->selector, watch->fd, interest, watch);
    return selector_add(loop->selector, watch->fd, interest, watch);
}

int loop_watch(struct loop *loop, struct watch *watch, unsigned interest)
{
    REQUIRE(!interest || (watch->fd >= 0 && watch->handle.run),
            "loop_watch: a watch has a descriptor and a run()");
    REQUIRE(!(interest & ~(unsigned)(SELECT_READ | SELECT_WRITE)),
            "loop_watch: interest is SELECT_READ, SELECT_WRITE, both or 0");
    loop_cancel(loop, &watch->handle);
    if (watch->interest == interest)
        return 0;
    int error = change_interest(loop, watch, interest);
    if (error && interest)
        return error;
    loop->watched += !watch->interest;
    loop->watched -= !interest;
    watch->interest = interest;
    note_time(loop, &watch->handle);
    return 0;
}

/* ---- one turn ---- */

/* 1: how long may we sleep? Not at all with work in the queue. The clock is
 * read anew, because the callbacks of the last turn have taken time: with the
 * old time we would sleep too long. */
static nanos time_to_sleep(const struct loop *loop)
{
    const struct handle *first = timers_first(&loop->timers);
    if (loop->stopping || !queue_is_empty(&loop->ready))
        return 0;
    if (!first)
        return NEVER;
    nanos sleep = nanos_until(first->when, clock_now(loop->clock));
    return nanos_earlier(sleep, SLEEP_MAX);
}

/* 3: schedules the watches that have an event, for this turn. */
static void collect_events(struct loop *loop)
{
    for (int i = 0; i < loop->selected; i++) {
        struct watch *watch = loop->events[i].data;
        watch->ready = loop->events[i].ready & watch->interest;
        if (watch->ready)
            loop_call_soon(loop, &watch->handle);
    }
}

/* 4: schedules the timers that are due, behind the events (LO2). */
static void collect_timers(struct loop *loop)
{
    struct handle *first;
    while ((first = timers_first(&loop->timers)) && first->when <= loop->now)
        loop_call_soon(loop, first);
}

/* 5: runs what is in the queue now. What these handles schedule waits for the
 * next turn, or two that schedule each other would keep the loop from ever
 * looking at its descriptors again (LO2). A handle is taken out before it runs,
 * because afterwards it may be gone. */
static void run_ready(struct loop *loop)
{
    queue_take_all(&loop->turn, &loop->ready);
    while (!queue_is_empty(&loop->turn)) {
        struct handle *handle = loop->turn.next;
        queue_remove(handle);
        handle_run(handle);
    }
}

static int loop_run_once(struct loop *loop)
{
    /* 1 */ nanos timeout = time_to_sleep(loop);
    /* 2 */ loop->selected =
        selector_wait(loop->selector, timeout, loop->events, EVENTS_MAX);
    if (loop->selected < 0)
        return loop->selected;
    loop->now = clock_now(loop->clock);
    /* 3 */ collect_events(loop);
    /* 4 */ collect_timers(loop);
    /* 5 */ run_ready(loop);
    return 0;
}

/* ---- all turns ---- */

static bool something_is_left(const struct loop *loop)
{
    return loop->watched > 0 || timers_first(&loop->timers) ||
           !queue_is_empty(&loop->ready);
}

int loop_run(struct loop *loop)
{
    int error = 0;
    if (loop->running)
        return -EBUSY;
    loop->running = true;
    while (!error && (loop->stopping || something_is_left(loop))) {
        error = loop_run_once(loop);
        if (loop->stopping)
            break;
    }
    loop->running = loop->stopping = false;
    return error;
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
}

/* ---- inspection ---- */

static void queue_each(const struct handle *queue, handle_show *show,
                       void *context)
{
    for (const struct handle *one = queue->next; one != queue; one = one->next)
        show(context, one);
}

void loop_each(const struct loop *loop, handle_show *show, void *context)
{
    queue_each(&loop->turn, show, context);
    queue_each(&loop->ready, show, context);
    timers_each(&loop->timers, show, context);
}

const struct loop_layout loop_layout = {
    .ready = offsetof(struct loop, ready),
    .turn = offsetof(struct loop, turn),
    .timers = offsetof(struct loop, timers),
    .now = offsetof(struct loop, now),
    .clock = offsetof(struct loop, clock),
    .running = offsetof(struct loop, running),
    .selector = offsetof(struct loop, selector),
};

struct selector *loop_selector(const struct loop *loop)
{
    return loop->selector;
}
