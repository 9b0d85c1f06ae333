/* SPDX-License-Identifier: MIT */
/* Another loop behind the same header, as a learner might have written it: one
 * list of all calls, no heap, no queue; everything is found by searching. It
 * shows that whatever uses the loop relies on its contract, not on our way of
 * keeping it. */
#include "callbacks/loop.h"

#include <errno.h>
#include <stdlib.h>

enum { EVENTS_MAX = 8 };

struct loop {
    struct selector *selector;
    const struct clock *clock;
    nanos now;
    bool running, stopping;
    size_t watched;
    struct handle *first; /* all that are scheduled, in order of arrival */
    uint32_t arrivals;
};

int loop_new(struct loop **loop, const struct selector_ops *selector,
             const struct clock *clock)
{
    *loop = calloc(1, sizeof **loop);
    if (!*loop)
        return -ENOMEM;
    (*loop)->clock = clock;
    int error = selector->open(&(*loop)->selector);
    if (error)
        free(*loop);
    return error;
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

void loop_cancel(struct loop *loop, struct handle *handle)
{
    struct handle **link = &loop->first;
    while (*link && *link != handle)
        link = &(*link)->next;
    if (*link)
        *link = handle->next;
    handle->state = HANDLE_IDLE;
}

static void append(struct loop *loop, struct handle *handle,
                   enum handle_state state)
{
    struct handle **link = &loop->first;
    while (*link)
        link = &(*link)->next;
    *link = handle;
    handle->next = NULL;
    handle->state = state;
    handle->sequence = loop->arrivals++;
}

void loop_call_soon(struct loop *loop, struct handle *handle)
{
    if (handle->state == HANDLE_READY)
        return;
    loop_cancel(loop, handle);
    append(loop, handle, HANDLE_READY);
}

void loop_call_at(struct loop *loop, struct handle *handle, nanos when)
{
    loop_cancel(loop, handle);
    append(loop, handle, HANDLE_TIMED);
    handle->when = when;
}

int loop_watch(struct loop *loop, struct watch *watch, unsigned interest)
{
    int error = 0;
    loop_cancel(loop, &watch->handle);
    if (watch->interest) {
        selector_remove(loop->selector, watch->fd);
        loop->watched--;
        watch->interest = 0;
    }
    if (interest)
        error = selector_add(loop->selector, watch->fd, interest, watch);
    if (interest && !error) {
        loop->watched++;
        watch->interest = interest;
    }
    return error;
}

static struct handle *first_in_state(const struct loop *loop,
                                     enum handle_state state)
{
    struct handle *found = NULL;
    for (struct handle *one = loop->first; one; one = one->next)
        if (one->state == state &&
            (!found || (state == HANDLE_TIMED && one->when < found->when)))
            found = one;
    return found;
}

static nanos time_to_sleep(const struct loop *loop)
{
    const struct handle *timer = first_in_state(loop, HANDLE_TIMED);
    if (loop->stopping || first_in_state(loop, HANDLE_READY))
        return 0;
    if (!timer)
        return NEVER;
    return nanos_earlier(nanos_until(timer->when, clock_now(loop->clock)),
                         24 * 3600 * NANOS_PER_SECOND);
}

static void collect_events(struct loop *loop, const struct selected *events,
                           int count)
{
    for (int i = 0; i < count; i++) {
        struct watch *watch = events[i].data;
        watch->ready = events[i].ready & watch->interest;
        if (watch->ready)
            loop_call_soon(loop, &watch->handle);
    }
}

static void collect_timers(struct loop *loop)
{
    struct handle *timer;
    while ((timer = first_in_state(loop, HANDLE_TIMED)) &&
           timer->when <= loop->now)
        loop_call_soon(loop, timer);
}

static void run_ready(struct loop *loop)
{
    uint32_t end = loop->arrivals;
    struct handle *handle;
    while ((handle = first_in_state(loop, HANDLE_READY)) &&
           (int32_t)(handle->sequence - end) < 0) {
        loop_cancel(loop, handle);
        handle_run(handle);
    }
}

int loop_run(struct loop *loop)
{
    struct selected events[EVENTS_MAX];
    int count = 0;
    if (loop->running)
        return -EBUSY;
    loop->running = true;
    while (loop->stopping || loop->watched || loop->first) {
        count = selector_wait(loop->selector, time_to_sleep(loop), events,
                              EVENTS_MAX);
        if (count < 0)
            break;
        loop->now = clock_now(loop->clock);
        collect_events(loop, events, count);
        collect_timers(loop);
        run_ready(loop);
        if (loop->stopping)
            break;
    }
    loop->running = loop->stopping = false;
    return count < 0 ? count : 0;
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
}
