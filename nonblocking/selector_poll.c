/* SPDX-License-Identifier: MIT */
#include "base/container_of.h"
#include "nonblocking/selector.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* The list of descriptors is ours, and handed to the kernel whole at every
 * wait: the cost is what is watched, not what is ready. */
struct poll_instance {
    struct selector base;
    struct pollfd *list; /* `count` of `capacity`, in no order */
    void **data;         /* beside the list */
    int count, capacity;
    int *indexes; /* by descriptor: 1 + its index in the list; 0: not there */
    int indexes_size;
    int scan_from; /* the one looked at first; goes round, so that none starves
                    * when more are ready than the caller takes */
};

static struct poll_instance *poll_of(struct selector *selector)
{
    return container_of(selector, struct poll_instance, base);
}

static int poll_open(struct selector **selector)
{
    struct poll_instance *instance = calloc(1, sizeof *instance);
    if (!instance)
        return -ENOMEM;
    instance->base.ops = &poll_selector;
    *selector = &instance->base;
    return 0;
}

static void poll_close(struct selector *selector)
{
    struct poll_instance *instance = poll_of(selector);
    free(instance->list);
    free(instance->data);
    free(instance->indexes);
    free(instance);
}

static int *poll_index(struct poll_instance *instance, int fd)
{
    return fd >= 0 && fd < instance->indexes_size ? &instance->indexes[fd]
                                                  : NULL;
}

static int poll_grow_list(struct poll_instance *instance)
{
    if (instance->count < instance->capacity)
        return 0;
    int capacity = instance->capacity ? 2 * instance->capacity : 16;
    struct pollfd *list =
        realloc(instance->list, (size_t)capacity * sizeof *list);
    if (!list)
        return -ENOMEM;
    instance->list = list;
    void **data = realloc(instance->data, (size_t)capacity * sizeof *data);
    if (!data)
        return -ENOMEM;
    instance->data = data;
    instance->capacity = capacity;
    return 0;
}

static int poll_grow_indexes(struct poll_instance *instance, int fd)
{
    if (fd < instance->indexes_size)
        return 0;
    int size = fd < 32 ? 64 : 2 * fd;
    int *indexes = realloc(instance->indexes, (size_t)size * sizeof *indexes);
    if (!indexes)
        return -ENOMEM;
    memset(indexes + instance->indexes_size, 0,
           (size_t)(size - instance->indexes_size) * sizeof *indexes);
    instance->indexes = indexes;
    instance->indexes_size = size;
    return 0;
}

static void poll_set(struct poll_instance *instance, int index,
                     unsigned interest, void *data)
{
    instance->list[index].events =
        (short)((interest & SELECT_READ ? POLLIN : 0) |
                (interest & SELECT_WRITE ? POLLOUT : 0));
    instance->data[index] = data;
}

static int poll_add(struct selector *selector, int fd, unsigned interest,
                    void *data)
{
    struct poll_instance *instance = poll_of(selector);
    if (fd < 0)
        return -EBADF;
    if (poll_grow_list(instance) || poll_grow_indexes(instance, fd))
        return -ENOMEM;
    if (instance->indexes[fd])
        return -EEXIST;
    instance->list[instance->count].fd = fd;
    poll_set(instance, instance->count++, interest, data);
    instance->indexes[fd] = instance->count;
    return 0;
}

static int poll_modify(struct selector *selector, int fd, unsigned interest,
                       void *data)
{
    struct poll_instance *instance = poll_of(selector);
    int *index = poll_index(instance, fd);
    if (!index || !*index)
        return -ENOENT;
    poll_set(instance, *index - 1, interest, data);
    return 0;
}

/* The last one of the list moves to the place of the one that is removed. */
static int poll_remove(struct selector *selector, int fd)
{
    struct poll_instance *instance = poll_of(selector);
    int *index = poll_index(instance, fd);
    if (!index || !*index)
        return -ENOENT;
    int gap = *index - 1, last = --instance->count;
    *index = 0;
    if (gap != last) {
        instance->list[gap] = instance->list[last];
        instance->data[gap] = instance->data[last];
        instance->indexes[instance->list[gap].fd] = gap + 1;
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
static int poll_collect(struct poll_instance *instance, int left,
                        struct selected *events, int capacity)
{
    int filled = 0, index = instance->scan_from;
    for (; left > 0 && filled < capacity; index++) {
        if (index >= instance->count)
            index = 0;
        short happened = instance->list[index].revents;
        if (!happened)
            continue;
        events[filled].data = instance->data[index];
        events[filled++].ready = poll_ready(happened);
        left--;
    }
    instance->scan_from = index;
    return filled;
}

static int poll_wait_ready(struct selector *selector, nanos timeout,
                           struct selected *events, int capacity)
{
    struct poll_instance *instance = poll_of(selector);
    int count = poll(instance->list, (nfds_t)instance->count,
                     nanos_to_milliseconds(timeout));
    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    return poll_collect(instance, count, events, capacity);
}

static int poll_each(struct selector *selector, selector_show *show,
                     void *context)
{
    struct poll_instance *instance = poll_of(selector);
    for (int i = 0; i < instance->count; i++)
        show(context, instance->list[i].fd,
             (instance->list[i].events & POLLIN ? SELECT_READ : 0u) |
                 (instance->list[i].events & POLLOUT ? SELECT_WRITE : 0u),
             instance->data[i]);
    return 0;
}

const struct poll_layout poll_layout = {
    .list = offsetof(struct poll_instance, list),
    .data = offsetof(struct poll_instance, data),
    .count = offsetof(struct poll_instance, count),
};

const struct selector_ops poll_selector = {
    .name = "poll",
    .open = poll_open,
    .close = poll_close,
    .add = poll_add,
    .modify = poll_modify,
    .remove = poll_remove,
    .wait = poll_wait_ready,
    .each = poll_each,
};
