/* SPDX-License-Identifier: MIT */
#include "base/container_of.h"
#include "nonblocking/selector.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* The list of descriptors is ours, and handed to the kernel whole at every
 * wait: the cost is what is watched, not what is ready. */
struct poll_selector {
    struct selector base;
    struct pollfd *list; /* `count` of `capacity`, in no order */
    void **data;         /* beside the list */
    int count, capacity;
    int *places; /* by descriptor: 1 + its index in the list; 0: not there */
    int places_size;
    int scan_from; /* the one looked at first; goes round, so that none starves
                    * when more are ready than the caller takes */
};

static struct poll_selector *poll_of(struct selector *selector)
{
    return container_of(selector, struct poll_selector, base);
}

static int poll_open(struct selector **selector)
{
    struct poll_selector *poller = calloc(1, sizeof *poller);
    if (!poller)
        return -ENOMEM;
    poller->base.ops = &poll_selector;
    *selector = &poller->base;
    return 0;
}

static void poll_close(struct selector *selector)
{
    struct poll_selector *poller = poll_of(selector);
    free(poller->list);
    free(poller->data);
    free(poller->places);
    free(poller);
}

static int *poll_place(struct poll_selector *poller, int fd)
{
    return fd >= 0 && fd < poller->places_size ? &poller->places[fd] : NULL;
}

static int poll_grow_list(struct poll_selector *poller)
{
    if (poller->count < poller->capacity)
        return 0;
    int capacity = poller->capacity ? 2 * poller->capacity : 16;
    struct pollfd *list =
        realloc(poller->list, (size_t)capacity * sizeof *list);
    if (!list)
        return -ENOMEM;
    poller->list = list;
    void **data = realloc(poller->data, (size_t)capacity * sizeof *data);
    if (!data)
        return -ENOMEM;
    poller->data = data;
    poller->capacity = capacity;
    return 0;
}

static int poll_grow_places(struct poll_selector *poller, int fd)
{
    if (fd < poller->places_size)
        return 0;
    int size = fd < 32 ? 64 : 2 * fd;
    int *places = realloc(poller->places, (size_t)size * sizeof *places);
    if (!places)
        return -ENOMEM;
    memset(places + poller->places_size, 0,
           (size_t)(size - poller->places_size) * sizeof *places);
    poller->places = places;
    poller->places_size = size;
    return 0;
}

static void poll_set(struct poll_selector *poller, int index, unsigned interest,
                     void *data)
{
    poller->list[index].events =
        (short)((interest & SELECT_READ ? POLLIN : 0) |
                (interest & SELECT_WRITE ? POLLOUT : 0));
    poller->data[index] = data;
}

static int poll_add(struct selector *selector, int fd, unsigned interest,
                    void *data)
{
    struct poll_selector *poller = poll_of(selector);
    if (fd < 0)
        return -EBADF;
    if (poll_grow_list(poller) || poll_grow_places(poller, fd))
        return -ENOMEM;
    if (poller->places[fd])
        return -EEXIST;
    poller->list[poller->count].fd = fd;
    poll_set(poller, poller->count++, interest, data);
    poller->places[fd] = poller->count;
    return 0;
}

static int poll_modify(struct selector *selector, int fd, unsigned interest,
                       void *data)
{
    struct poll_selector *poller = poll_of(selector);
    int *place = poll_place(poller, fd);
    if (!place || !*place)
        return -ENOENT;
    poll_set(poller, *place - 1, interest, data);
    return 0;
}

/* The last one of the list moves to the place of the one that is removed. */
static int poll_remove(struct selector *selector, int fd)
{
    struct poll_selector *poller = poll_of(selector);
    int *place = poll_place(poller, fd);
    if (!place || !*place)
        return -ENOENT;
    int gap = *place - 1, last = --poller->count;
    *place = 0;
    if (gap != last) {
        poller->list[gap] = poller->list[last];
        poller->data[gap] = poller->data[last];
        poller->places[poller->list[gap].fd] = gap + 1;
    }
    return 0;
}

static unsigned poll_ready(short events)
{
    if (events & (POLLERR | POLLHUP | POLLNVAL))
        return SELECT_READ | SELECT_WRITE;
    return (events & POLLIN ? SELECT_READ : 0u) |
           (events & POLLOUT ? SELECT_WRITE : 0u);
}

/* Copies out what is ready, of which there are `left`. */
static int poll_collect(struct poll_selector *poller, int left,
                        struct selected *events, int capacity)
{
    int filled = 0, index = poller->scan_from;
    for (; left > 0 && filled < capacity; index++) {
        if (index >= poller->count)
            index = 0;
        short happened = poller->list[index].revents;
        if (!happened)
            continue;
        events[filled].data = poller->data[index];
        events[filled++].ready = poll_ready(happened);
        left--;
    }
    poller->scan_from = index;
    return filled;
}

static int poll_select(struct selector *selector, nanos timeout,
                       struct selected *events, int capacity)
{
    struct poll_selector *poller = poll_of(selector);
    int count = poll(poller->list, (nfds_t)poller->count,
                     nanos_to_milliseconds(timeout));
    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    return poll_collect(poller, count, events, capacity);
}

static int poll_each(struct selector *selector, selector_show *show,
                     void *context)
{
    struct poll_selector *poller = poll_of(selector);
    for (int i = 0; i < poller->count; i++)
        show(context, poller->list[i].fd,
             (poller->list[i].events & POLLIN ? SELECT_READ : 0u) |
                 (poller->list[i].events & POLLOUT ? SELECT_WRITE : 0u),
             poller->data[i]);
    return 0;
}

const struct poll_layout poll_layout = {
    .list = offsetof(struct poll_selector, list),
    .data = offsetof(struct poll_selector, data),
    .count = offsetof(struct poll_selector, count),
};

const struct selector_ops poll_selector = {
    .name = "poll",
    .open = poll_open,
    .close = poll_close,
    .add = poll_add,
    .modify = poll_modify,
    .remove = poll_remove,
    .wait = poll_select,
    .each = poll_each,
};
