/* SPDX-License-Identifier: MIT */
#include "support/interleaved_loop.h"

#include "base/wakeup.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READY_MAX = 128 };

/* What a wait returns. */
struct events {
    struct selected *list;
    int count, capacity;
};

static size_t choose(struct interleaved_loop *loop, size_t options)
{
    return interleaving_choose(loop->interleaving, options);
}

__attribute__((format(printf, 2, 3))) static void
tell(struct interleaved_loop *loop, const char *format, ...)
{
    size_t used = strlen(loop->story);
    va_list arguments;
    if (used && used + 3 < sizeof loop->story)
        used += (size_t)snprintf(loop->story + used, sizeof loop->story - used,
                                 ", ");
    va_start(arguments, format);
    vsnprintf(loop->story + used, sizeof loop->story - used, format, arguments);
    va_end(arguments);
}

/* ---- what other code does ---- */

struct ready {
    struct handle *handles[READY_MAX];
    size_t count;
};

static void note_ready(void *context, const struct handle *handle)
{
    struct ready *ready = context;
    if (handle->state == HANDLE_READY && ready->count < READY_MAX)
        ready->handles[ready->count++] = (struct handle *)(uintptr_t)handle;
}

static struct ready ready_of(const struct interleaved_loop *loop)
{
    struct ready ready = {.count = 0};
    loop_each(loop->loop, note_ready, &ready);
    return ready;
}

static struct occurrence *take_open(struct interleaved_loop *loop, size_t which)
{
    struct occurrence *occurrence = loop->open[which];
    loop->open_count--;
    memmove(loop->open + which, loop->open + which + 1,
            (loop->open_count - which) * sizeof *loop->open);
    if (!loop->open_count)
        loop_watch(loop->loop, &loop->keep, 0);
    return occurrence;
}

/* Inserts a call before the one at `place` of those that are ready, by queueing
 * them anew. */
static void insert(struct interleaved_loop *loop, struct occurrence *occurrence,
                   size_t place)
{
    struct ready ready = ready_of(loop);
    for (size_t i = place; i < ready.count; i++)
        loop_cancel(loop->loop, ready.handles[i]);
    loop_call_soon(loop->loop, &occurrence->watch.handle);
    for (size_t i = place; i < ready.count; i++)
        loop_call_soon(loop->loop, ready.handles[i]);
    if (place)
        tell(loop, "%s behind %zu calls", occurrence->name, place);
    else
        tell(loop, "%s", occurrence->name);
}

static bool is_occurrence(const struct watch *watch)
{
    return watch->fd < 0;
}

static bool has_occurrence(const struct events *events, int from)
{
    for (int i = from; i < events->count; i++)
        if (is_occurrence(events->list[i].data))
            return true;
    return false;
}

/* The loop sees it as one more event. */
static void add_event(struct events *events, struct occurrence *occurrence)
{
    if (events->count == events->capacity)
        return;
    occurrence->watch.interest = SELECT_READ;
    events->list[events->count++] =
        (struct selected){.data = &occurrence->watch, .ready = SELECT_READ};
}

/* Each of them not yet, or at some place among the calls of this turn, or, if
 * there are such, among its events and before its timers. */
static void let_happen(struct interleaved_loop *loop, struct events *events,
                       bool timers)
{
    bool as_event = events->count > 0 || timers;
    size_t which = 0;
    while (which < loop->open_count) {
        size_t places = ready_of(loop).count + 1;
        size_t chosen = choose(loop, 1 + places + as_event);
        if (!chosen)
            which++;
        else if (chosen <= places)
            insert(loop, take_open(loop, which), chosen - 1);
        else
            add_event(events, take_open(loop, which));
    }
}

/* ---- which descriptors, and in which order ---- */

/* Chooses at least one of them, if nothing else is to be done. Others may be
 * held back, but not twice. What other code does is never held back, because it
 * is under way. */
static void arrange(struct interleaved_loop *loop, struct events *events,
                    bool may_be_none)
{
    bool may_hold = !loop->held;
    loop->held = false;
    for (int i = 0; i < events->count; i++) {
        size_t left = (size_t)(events->count - i);
        bool may_stop =
            may_hold && (i > 0 || may_be_none) && !has_occurrence(events, i);
        size_t chosen = choose(loop, left + may_stop);
        if (chosen == left) {
            loop->held = true;
            events->count = i;
            return;
        }
        struct selected next = events->list[i + (int)chosen];
        memmove(events->list + i + 1, events->list + i,
                chosen * sizeof *events->list);
        events->list[i] = next;
    }
}

static void tell_events(struct interleaved_loop *loop,
                        const struct events *events)
{
    for (int i = 0; i < events->count; i++) {
        const struct watch *watch = events->list[i].data;
        if (is_occurrence(watch))
            tell(loop, "%s",
                 container_of(watch, struct occurrence, watch)->name);
        else
            tell(loop, "fd %d", watch->fd);
    }
}

/* ---- waiting ---- */

static void pass(struct interleaved_loop *loop, nanos span)
{
    bool late = loop->late && choose(loop, 2);
    span = nanos_after(span, late ? loop->late : 0);
    loop->clock.now = nanos_after(loop->clock.now, span);
    tell(loop, late ? "time, late" : "time");
}

/* Nothing is ready: chooses whether the end of this wait or other code comes
 * first. */
static int wait_in_vain(struct interleaved_loop *loop, struct events *events,
                        nanos timeout)
{
    bool ends = timeout != NEVER;
    if (loop->when_quiet)
        loop->when_quiet(loop->context);
    size_t chosen = choose(loop, loop->open_count + ends);
    if (chosen < loop->open_count) {
        insert(loop, take_open(loop, chosen), 0);
        return 0;
    }
    if (!ends)
        return -EDEADLK;
    let_happen(loop, events, true);
    tell_events(loop, events);
    pass(loop, timeout);
    return events->count;
}

/* Something is ready: chooses whether the time of a timer is over as well. */
static int wait_for_some(struct interleaved_loop *loop, struct events *events,
                         nanos timeout)
{
    bool passes = timeout != NEVER && timeout > 0 && choose(loop, 2);
    let_happen(loop, events, passes);
    arrange(loop, events, ready_of(loop).count > 0);
    tell_events(loop, events);
    if (passes)
        pass(loop, timeout);
    return events->count;
}

static int interleaved_wait(struct selector *selector, nanos timeout,
                            struct selected *list, int capacity)
{
    struct interleaved_loop *loop =
        container_of(selector->ops, struct interleaved_loop, ops);
    if (++loop->waits > INTERLEAVED_WAITS_MAX)
        return -ELOOP;
    struct events events = {.list = list, .capacity = capacity};
    events.count = poll_selector.wait(selector, 0, list, capacity);
    if (events.count < 0)
        return events.count;
    if (events.count > 0 || timeout == 0)
        return wait_for_some(loop, &events, timeout);
    return wait_in_vain(loop, &events, timeout);
}

/* ---- the loop ---- */

static void ignore(struct handle *handle)
{
    (void)handle;
}

int interleaved_loop_init(struct interleaved_loop *loop,
                          struct interleaving *interleaving)
{
    memset(loop, 0, sizeof *loop);
    virtual_clock_init(&loop->clock);
    loop->interleaving = interleaving;
    loop->keep = (struct watch){.handle.run = ignore, .fd = wakeup_open()};
    if (loop->keep.fd < 0)
        return loop->keep.fd;
    int error = loop_new(&loop->loop, &poll_selector, &loop->clock.clock);
    if (error) {
        close(loop->keep.fd);
        return error;
    }
    loop->ops = poll_selector;
    loop->ops.wait = interleaved_wait;
    loop_selector(loop->loop)->ops = &loop->ops;
    return 0;
}

void interleaved_loop_deinit(struct interleaved_loop *loop)
{
    loop_free(loop->loop);
    close(loop->keep.fd);
}

void interleaved_loop_add(struct interleaved_loop *loop,
                          struct occurrence *occurrence)
{
    if (loop->open_count == OCCURRENCES_MAX)
        return;
    occurrence->watch.fd = -1;
    loop->open[loop->open_count++] = occurrence;
    loop_watch(loop->loop, &loop->keep, SELECT_READ);
}
