/* SPDX-License-Identifier: MIT */
/* The event loop. One turn of it:
 *
 *     1  how long may we sleep?    time_to_sleep
 *     2  select                    given, in loop_run_once
 *     3  collect events            collect_events
 *     4  collect due timers        collect_timers
 *     5  run what is ready         run_ready
 *
 * You write it in the order 5, 4, 1 and 3, and then everything around a turn.
 * Each function says above its first line what it has to do; callbacks/loop.h
 * says what the world outside may rely on. */
#ifndef STEP
#define STEP 5
#define SOLVED 5
#endif

#include "callbacks/loop.h"
#include "callbacks/timers.h"
#include "lessons/E0/queue.h"
#if STEP >= 5
#include "lessons/E0/ticker.h"
#endif
#include "lessons/your_code.h"

#include <errno.h>
#include <stdlib.h>

enum { EVENTS_MAX = 256 };

struct loop {
    struct selector *selector;
    const struct clock *clock;
    bool running;
    bool stopping;
    /* When this turn woke up. */
    nanos now;
    /* The queue; ready.next is its first handle. See lessons/E0/queue.h. */
    struct handle ready;
#if STEP >= 2
    struct timers timers;
#endif
#if STEP >= 3
    /* How many watches have an interest. */
    size_t watched;
    /* What select found in this turn: `selected` of these are filled. */
    struct selected events[EVENTS_MAX];
    int selected;
#endif
};

/* ---- given: making a loop ---- */

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
    *loop = made;
    return 0;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    selector_close(loop->selector);
    free(loop);
}

nanos loop_time(const struct loop *loop)
{
    return loop->running ? loop->now : clock_now(loop->clock);
}

/* ---- given: what loop_dump asks for, to print what a loop waits for ---- */

void loop_each(const struct loop *loop, handle_show *show, void *context)
{
    const struct handle *queue = &loop->ready;
    for (const struct handle *one = queue->next; one != queue; one = one->next)
        show(context, one);
#if STEP >= 2
    timers_each(&loop->timers, show, context);
#endif
}

struct selector *loop_selector(const struct loop *loop)
{
    return loop->selector;
}

/* ---- step 1: the ready queue ---- */
#if STEP < 2

/* Given until step 2: without timers there is little to take back. */
void loop_cancel(struct loop *loop, struct handle *handle)
{
    (void)loop;
    (void)handle;
}
#endif

/* Puts the handle at the end of loop->ready, so that it runs in the next turn.
 * One that is in the queue already stays where it is. One that waits for its
 * time gives that up: loop_cancel (which is yours to write in step 2) takes it
 * out of the heap. */
void loop_call_soon(struct loop *loop, struct handle *handle)
{
#if SOLVED >= 1
    if (handle->state == HANDLE_READY)
        return;
    loop_cancel(loop, handle);
    queue_append(&loop->ready, handle);
#else
    YOUR_CODE(loop, handle);
#endif
}

/* 5: runs, with handle_run, what is in loop->ready now, first in first out.
 * What that schedules waits for the next turn. A handle may be gone once it has
 * run: take it out of the queue before. */
static void run_ready(struct loop *loop)
{
#if SOLVED >= 1
    struct handle turn;
    queue_take_all(&turn, &loop->ready);
    while (!queue_is_empty(&turn)) {
        struct handle *handle = turn.next;
        queue_remove(handle);
        handle_run(handle);
    }
#else
    YOUR_CODE(loop);
#endif
}
#if STEP >= 2

/* ---- step 2: timers, and taking back ---- */

/* Puts the handle into the heap, to run at `when`. One that is scheduled
 * already is moved: loop_cancel takes it out of where it is, timers_set puts it
 * in. */
void loop_call_at(struct loop *loop, struct handle *handle, nanos when)
{
#if SOLVED >= 2
    loop_cancel(loop, handle);
    timers_set(&loop->timers, handle, when);
#else
    YOUR_CODE(loop, handle, when);
#endif
}

/* Takes the handle out of wherever it is scheduled, queue or heap. Harmless on
 * one that is not. */
void loop_cancel(struct loop *loop, struct handle *handle)
{
#if SOLVED >= 2
    if (handle->state == HANDLE_READY)
        queue_remove(handle);
    else if (handle->state == HANDLE_TIMED)
        timers_remove(&loop->timers, handle);
#else
    YOUR_CODE(loop, handle);
#endif
}

/* 4: every timer whose moment has come (loop->now says what time it is) leaves
 * the heap and goes behind what is in the queue. timers_first is the earliest,
 * or NULL. */
static void collect_timers(struct loop *loop)
{
#if SOLVED >= 2
    struct handle *first;
    while ((first = timers_first(&loop->timers)) && first->when <= loop->now) {
        timers_remove(&loop->timers, first);
        queue_append(&loop->ready, first);
    }
#else
    YOUR_CODE(loop);
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: select ---- */

/* 1: how long may select sleep? Not at all (0) while something is in the queue
 * or the loop is stopping; until the first timer, counted from
 * clock_now(loop->clock), and 0 when that is over; without any, for ever
 * (NEVER). */
static nanos time_to_sleep(struct loop *loop)
{
#if SOLVED >= 3
    struct handle *first = timers_first(&loop->timers);
    if (loop->stopping || !queue_is_empty(&loop->ready))
        return 0;
    if (!first)
        return NEVER;
    return nanos_until(first->when, clock_now(loop->clock));
#else
    YOUR_CODE(loop);
    return 0;
#endif
}

/* 3: each of loop->events[0 … selected - 1] carries a struct watch as its data.
 * Those for which something is ready that they are interested in get it noted
 * in watch->ready, and their handle goes into the queue. */
static void collect_events(struct loop *loop)
{
#if SOLVED >= 3
    for (int i = 0; i < loop->selected; i++) {
        struct watch *watch = loop->events[i].data;
        watch->ready = loop->events[i].ready & watch->interest;
        if (watch->ready)
            loop_call_soon(loop, &watch->handle);
    }
#else
    YOUR_CODE(loop);
#endif
}

/* Tells the selector what the watch is interested in from now on: selector_add
 * the first time, selector_modify when it changes, selector_remove for 0. Keeps
 * watch->interest and loop->watched true: when the selector refuses, its error
 * is returned and both stay as they were. In any case a call that was queued
 * for an earlier event is not made any more (loop_cancel). */
int loop_watch(struct loop *loop, struct watch *watch, unsigned interest)
{
#if SOLVED >= 3
    struct selector *selector = loop->selector;
    int error = 0;
    loop_cancel(loop, &watch->handle);
    if (interest == watch->interest)
        return 0;
    if (!interest)
        selector_remove(selector, watch->fd);
    else if (watch->interest)
        error = selector_modify(selector, watch->fd, interest, watch);
    else
        error = selector_add(selector, watch->fd, interest, watch);
    if (error)
        return error;
    loop->watched += !watch->interest;
    loop->watched -= !interest;
    watch->interest = interest;
    return 0;
#else
    YOUR_CODE(loop, watch, interest);
    return -ENOSYS;
#endif
}
#endif

/* ---- given: one turn ---- */

static int loop_run_once(struct loop *loop)
{
#if STEP >= 3
    /* 1 */ nanos timeout = time_to_sleep(loop);
    /* 2 */ loop->selected =
        selector_wait(loop->selector, timeout, loop->events, EVENTS_MAX);
    if (loop->selected < 0)
        return loop->selected;
#endif
    loop->now = clock_now(loop->clock);
#if STEP >= 3
    /* 3 */ collect_events(loop);
#endif
#if STEP >= 2
    /* 4 */ collect_timers(loop);
#endif
    /* 5 */ run_ready(loop);
    return 0;
}
#if STEP < 4

/* ---- given until step 4, which makes them yours ---- */

/* One turn, and no more. */
int loop_run(struct loop *loop)
{
    loop->running = true;
    int error = loop_run_once(loop);
    loop->running = false;
    return error;
}

void loop_stop(struct loop *loop)
{
    (void)loop;
}
#endif
#if STEP >= 4

/* ---- step 4: run and stop ---- */

/* Runs turns until loop_stop was called, or until nothing is left: nothing in
 * the queue, no timer, no watch. With nothing in it from the beginning it makes
 * no turn at all. The turn in which loop_stop is called is finished; a stop
 * from before runs one turn, whatever is left. When loop_run returns, a stop is
 * used up: loop->stopping is false again, and so is loop->running, which is
 * true meanwhile. A second loop_run inside returns -EBUSY and changes nothing.
 * Returns what went wrong in a turn, or 0. */
int loop_run(struct loop *loop)
{
#if SOLVED >= 4
    int error = 0;
    if (loop->running)
        return -EBUSY;
    loop->running = true;
    while (!error) {
        bool left = loop->watched > 0 || timers_first(&loop->timers) ||
                    !queue_is_empty(&loop->ready);
        if (!left && !loop->stopping)
            break;
        error = loop_run_once(loop);
        if (loop->stopping)
            break;
    }
    loop->running = loop->stopping = false;
    return error;
#else
    YOUR_CODE(loop);
    return loop_run_once(loop);
#endif
}

/* The loop ends when the turn is over. */
void loop_stop(struct loop *loop)
{
#if SOLVED >= 4
    loop->stopping = true;
#else
    YOUR_CODE(loop);
#endif
}
#endif
#if STEP >= 5

/* ---- step 5: use it ---- */

/* A ticker's handle has run: count the tick in ticker->ticks, and have the
 * handle run again one period after the moment at which it was due, not after
 * now. After ticker->last ticks, stop the loop instead. */
void ticker_tick(struct handle *handle)
{
    struct ticker *ticker = container_of(handle, struct ticker, handle);
#if SOLVED >= 5
    ticker->ticks++;
    ticker->due = nanos_after(ticker->due, ticker->period);
    if (ticker->ticks == ticker->last)
        loop_stop(ticker->loop);
    else
        loop_call_at(ticker->loop, handle, ticker->due);
#else
    YOUR_CODE(ticker);
#endif
}
#endif
