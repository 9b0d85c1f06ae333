/* SPDX-License-Identifier: MIT */
#include "support/scripted_selector.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct scripted {
    struct selector base;
    struct script *script;
    struct selector *real; /* virtual_time_selector only */
};

static _Thread_local struct script *next_script;

void script_init(struct script *script, struct virtual_clock *clock)
{
    memset(script, 0, sizeof *script);
    script->clock = clock;
    next_script = script;
}

void script_ready(struct script *script, int wait, int fd, unsigned ready)
{
    assert(script->event_count < SCRIPT_EVENTS_MAX);
    script->events[script->event_count++] =
        (struct script_event){wait, fd, ready};
}

static int open_with(struct selector **selector, const struct selector_ops *ops)
{
    struct scripted *scripted = calloc(1, sizeof *scripted);
    if (!scripted)
        return -ENOMEM;
    scripted->base.ops = ops;
    scripted->script = next_script;
    *selector = &scripted->base;
    return 0;
}

static struct script *script_of(struct selector *selector)
{
    return ((struct scripted *)selector)->script;
}

/* Writes the wait down: its number. */
static int note_wait(struct script *script, nanos timeout)
{
    if (script->waits < SCRIPT_WAITS_MAX)
        script->timeouts[script->waits] = timeout;
    return script->waits++;
}

/* ---- scripted_selector ---- */

static int scripted_open(struct selector **selector)
{
    return open_with(selector, &scripted_selector);
}

static void scripted_close(struct selector *selector)
{
    free(selector);
}

static int scripted_change(struct script *script, int fd, unsigned interest,
                           void *data, bool is_there)
{
    if (fd < 0 || fd >= SCRIPT_FDS_MAX)
        return -EINVAL;
    if (is_there != (script->interest[fd] != 0))
        return is_there ? -ENOENT : -EEXIST;
    script->interest[fd] = interest;
    script->data[fd] = data;
    return 0;
}

static int scripted_add(struct selector *selector, int fd, unsigned interest,
                        void *data)
{
    return scripted_change(script_of(selector), fd, interest, data, false);
}

static int scripted_modify(struct selector *selector, int fd, unsigned interest,
                           void *data)
{
    return scripted_change(script_of(selector), fd, interest, data, true);
}

static int scripted_remove(struct selector *selector, int fd)
{
    return scripted_change(script_of(selector), fd, 0, NULL, true);
}

static int scripted_events(const struct script *script, int wait,
                           struct selected *events, int capacity)
{
    int count = 0;
    for (int i = 0; i < script->event_count && count < capacity; i++) {
        const struct script_event *event = &script->events[i];
        if (event->wait != wait ||
            !(event->ready & script->interest[event->fd]))
            continue;
        events[count].data = script->data[event->fd];
        events[count++].ready = event->ready;
    }
    return count;
}

static bool script_is_over(const struct script *script, int wait)
{
    for (int i = 0; i < script->event_count; i++)
        if (script->events[i].wait > wait)
            return false;
    return true;
}

static int scripted_wait(struct selector *selector, nanos timeout,
                         struct selected *events, int capacity)
{
    struct script *script = script_of(selector);
    int wait = note_wait(script, timeout);
    if (script->waits == script->fail_at)
        return -EBADF;
    int count = scripted_events(script, wait, events, capacity);
    if (count > 0)
        return count;
    if (timeout == NEVER)
        return script_is_over(script, wait) ? -EDEADLK : 0;
    if (timeout > 0)
        timeout = nanos_after(timeout, script->late);
    script->clock->now = nanos_after(script->clock->now, timeout);
    return 0;
}

static int scripted_each(struct selector *selector, selector_show *show,
                         void *context)
{
    const struct script *script = script_of(selector);
    for (int fd = 0; fd < SCRIPT_FDS_MAX; fd++)
        if (script->interest[fd])
            show(context, fd, script->interest[fd], script->data[fd]);
    return 0;
}

const struct selector_ops scripted_selector = {
    .name = "scripted",
    .open = scripted_open,
    .close = scripted_close,
    .add = scripted_add,
    .modify = scripted_modify,
    .remove = scripted_remove,
    .wait = scripted_wait,
    .each = scripted_each,
};

/* ---- virtual_time_selector ---- */

static struct selector *real_of(struct selector *selector)
{
    return ((struct scripted *)selector)->real;
}

static int virtual_open(struct selector **selector)
{
    int error = open_with(selector, &virtual_time_selector);
    if (error)
        return error;
    error = epoll_selector.open(&((struct scripted *)*selector)->real);
    if (error)
        free(*selector);
    return error;
}

static void virtual_close(struct selector *selector)
{
    selector_close(real_of(selector));
    free(selector);
}

static int virtual_add(struct selector *selector, int fd, unsigned interest,
                       void *data)
{
    return selector_add(real_of(selector), fd, interest, data);
}

static int virtual_modify(struct selector *selector, int fd, unsigned interest,
                          void *data)
{
    return selector_modify(real_of(selector), fd, interest, data);
}

static int virtual_remove(struct selector *selector, int fd)
{
    return selector_remove(real_of(selector), fd);
}

static int virtual_wait(struct selector *selector, nanos timeout,
                        struct selected *events, int capacity)
{
    struct script *script = script_of(selector);
    note_wait(script, timeout);
    if (script->waits == script->fail_at)
        return -EBADF;
    bool waits = timeout == NEVER ||
                 (timeout > 0 && script->others_work && script->others_work());
    int count =
        selector_wait(real_of(selector), waits ? NEVER : 0, events, capacity);
    if (count == 0 && !waits)
        script->clock->now = nanos_after(script->clock->now, timeout);
    return count;
}

static int virtual_each(struct selector *selector, selector_show *show,
                        void *context)
{
    return selector_each(real_of(selector), show, context);
}

const struct selector_ops virtual_time_selector = {
    .name = "virtual-time",
    .open = virtual_open,
    .close = virtual_close,
    .add = virtual_add,
    .modify = virtual_modify,
    .remove = virtual_remove,
    .wait = virtual_wait,
    .each = virtual_each,
};
