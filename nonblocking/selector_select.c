/* SPDX-License-Identifier: MIT */
#include "base/container_of.h"
#include "nonblocking/selector.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/select.h>

/* The oldest selector: a bit per descriptor, in sets of FD_SETSIZE bits. The
 * bit of a higher number would be behind the end of the set, so it is refused.
 * Every wait copies the sets, because the kernel answers in them, and looks at
 * all descriptors up to the highest one. */
struct select_instance {
    struct selector base;
    fd_set watched[2];      /* for reading, for writing */
    void *data[FD_SETSIZE]; /* by descriptor */
    int end;                /* 1 + the highest one that is watched */
    int scan_from; /* the one looked at first; goes round, so that none starves
                    * when more are ready than the caller takes */
};

static struct select_instance *select_of(struct selector *selector)
{
    return container_of(selector, struct select_instance, base);
}

static int select_open(struct selector **selector)
{
    struct select_instance *instance = calloc(1, sizeof *instance);
    if (!instance)
        return -ENOMEM;
    instance->base.ops = &select_selector;
    FD_ZERO(&instance->watched[0]);
    FD_ZERO(&instance->watched[1]);
    *selector = &instance->base;
    return 0;
}

static void select_close(struct selector *selector)
{
    free(selector);
}

static bool select_has(const struct select_instance *instance, int fd)
{
    return fd >= 0 && fd < FD_SETSIZE &&
           (FD_ISSET(fd, &instance->watched[0]) ||
            FD_ISSET(fd, &instance->watched[1]));
}

static void select_set(struct select_instance *instance, int fd,
                       unsigned interest, void *data)
{
    FD_CLR(fd, &instance->watched[0]);
    FD_CLR(fd, &instance->watched[1]);
    if (interest & SELECT_READ)
        FD_SET(fd, &instance->watched[0]);
    if (interest & SELECT_WRITE)
        FD_SET(fd, &instance->watched[1]);
    instance->data[fd] = data;
}

static int select_add(struct selector *selector, int fd, unsigned interest,
                      void *data)
{
    struct select_instance *instance = select_of(selector);
    if (fd < 0 || fd >= FD_SETSIZE)
        return -EINVAL;
    if (select_has(instance, fd))
        return -EEXIST;
    select_set(instance, fd, interest, data);
    if (fd >= instance->end)
        instance->end = fd + 1;
    return 0;
}

static int select_modify(struct selector *selector, int fd, unsigned interest,
                         void *data)
{
    struct select_instance *instance = select_of(selector);
    if (!select_has(instance, fd))
        return -ENOENT;
    select_set(instance, fd, interest, data);
    return 0;
}

static int select_remove(struct selector *selector, int fd)
{
    struct select_instance *instance = select_of(selector);
    if (!select_has(instance, fd))
        return -ENOENT;
    select_set(instance, fd, 0, NULL);
    while (instance->end > 0 && !select_has(instance, instance->end - 1))
        instance->end--;
    return 0;
}

/* Copies out what is ready: `left` bits are set in the two sets. */
static int select_collect(struct select_instance *instance,
                          const fd_set ready[2], int left,
                          struct selected *events, int capacity)
{
    int filled = 0, fd = instance->scan_from;
    for (; left > 0 && filled < capacity; fd++) {
        if (fd >= instance->end)
            fd = 0;
        unsigned is_ready = (FD_ISSET(fd, &ready[0]) ? SELECT_READ : 0u) |
                            (FD_ISSET(fd, &ready[1]) ? SELECT_WRITE : 0u);
        if (!is_ready)
            continue;
        left -= is_ready == (SELECT_READ | SELECT_WRITE) ? 2 : 1;
        events[filled].data = instance->data[fd];
        events[filled++].ready = is_ready;
    }
    instance->scan_from = fd;
    return filled;
}

static int select_wait_ready(struct selector *selector, nanos timeout,
                             struct selected *events, int capacity)
{
    struct select_instance *instance = select_of(selector);
    fd_set ready[2] = {instance->watched[0], instance->watched[1]};
    struct timeval span = nanos_to_timeval(timeout);
    int bits = select(instance->end, &ready[0], &ready[1], NULL,
                      timeout == NEVER ? NULL : &span);
    if (bits < 0)
        return errno == EINTR ? 0 : -errno;
    return select_collect(instance, ready, bits, events, capacity);
}

static int select_each(struct selector *selector, selector_show *show,
                       void *context)
{
    struct select_instance *instance = select_of(selector);
    for (int fd = 0; fd < instance->end; fd++)
        if (select_has(instance, fd))
            show(context, fd,
                 (FD_ISSET(fd, &instance->watched[0]) ? SELECT_READ : 0u) |
                     (FD_ISSET(fd, &instance->watched[1]) ? SELECT_WRITE : 0u),
                 instance->data[fd]);
    return 0;
}

const struct select_layout select_layout = {
    .watched = offsetof(struct select_instance, watched),
    .data = offsetof(struct select_instance, data),
    .end = offsetof(struct select_instance, end),
};

const struct selector_ops select_selector = {
    .name = "select",
    .open = select_open,
    .close = select_close,
    .add = select_add,
    .modify = select_modify,
    .remove = select_remove,
    .wait = select_wait_ready,
    .each = select_each,
};
