/* SPDX-License-Identifier: MIT */
#include "base/container_of.h"
#include "nonblocking/epoll_entry.h"
#include "nonblocking/selector.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* The kernel keeps the list of descriptors, so the cost of a wait is what is
 * ready, not what is watched. If more than this many are ready, the others come
 * with the next wait. */
enum { EPOLL_BATCH = 256 };

struct epoll_instance {
    struct selector base;
    int fd;
};

static int epoll_fd(const struct selector *selector)
{
    return container_of(selector, const struct epoll_instance, base)->fd;
}

static int epoll_open(struct selector **selector)
{
    struct epoll_instance *instance = malloc(sizeof *instance);
    if (!instance)
        return -ENOMEM;
    instance->base.ops = &epoll_selector;
    instance->fd = epoll_create1(EPOLL_CLOEXEC);
    if (instance->fd < 0) {
        int error = -errno;
        free(instance);
        return error;
    }
    *selector = &instance->base;
    return 0;
}

static void epoll_close(struct selector *selector)
{
    close(epoll_fd(selector));
    free(selector);
}

static uint32_t epoll_events(unsigned interest)
{
    return (interest & SELECT_READ ? (uint32_t)EPOLLIN : 0) |
           (interest & SELECT_WRITE ? (uint32_t)EPOLLOUT : 0);
}

static int epoll_change(struct selector *selector, int operation, int fd,
                        unsigned interest, void *data)
{
    struct epoll_event event = {.events = epoll_events(interest),
                                .data.ptr = data};
    return epoll_ctl(epoll_fd(selector), operation, fd, &event) ? -errno : 0;
}

static int epoll_add(struct selector *selector, int fd, unsigned interest,
                     void *data)
{
    return epoll_change(selector, EPOLL_CTL_ADD, fd, interest, data);
}

static int epoll_modify(struct selector *selector, int fd, unsigned interest,
                        void *data)
{
    return epoll_change(selector, EPOLL_CTL_MOD, fd, interest, data);
}

static int epoll_remove(struct selector *selector, int fd)
{
    return epoll_change(selector, EPOLL_CTL_DEL, fd, 0, NULL);
}

static unsigned epoll_ready(uint32_t events)
{
    if (events & (EPOLLERR | EPOLLHUP))
        return SELECT_READ | SELECT_WRITE;
    return (events & EPOLLIN ? SELECT_READ : 0u) |
           (events & EPOLLOUT ? SELECT_WRITE : 0u);
}

static int epoll_wait_ready(struct selector *selector, nanos timeout,
                            struct selected *events, int capacity)
{
    struct epoll_event batch[EPOLL_BATCH];
    int count = epoll_wait(epoll_fd(selector), batch,
                           capacity < EPOLL_BATCH ? capacity : EPOLL_BATCH,
                           nanos_to_milliseconds(timeout));
    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        events[i].data = batch[i].data.ptr;
        events[i].ready = epoll_ready(batch[i].events);
    }
    return count;
}

/* The list is the kernel's. The data of each descriptor is our pointer. */
static int epoll_each(struct selector *selector, selector_show *show,
                      void *context)
{
    char line[256];
    snprintf(line, sizeof line, "/proc/self/fdinfo/%d", epoll_fd(selector));
    FILE *list = fopen(line, "re");
    if (!list)
        return -errno;
    while (fgets(line, sizeof line, list)) {
        struct epoll_entry entry;
        if (epoll_entry_read(&entry, line))
            show(context, entry.fd,
                 (entry.events & EPOLLIN ? SELECT_READ : 0u) |
                     (entry.events & EPOLLOUT ? SELECT_WRITE : 0u),
                 (void *)(uintptr_t)entry.data);
    }
    fclose(list);
    return 0;
}

const struct selector_ops epoll_selector = {
    .name = "epoll",
    .open = epoll_open,
    .close = epoll_close,
    .add = epoll_add,
    .modify = epoll_modify,
    .remove = epoll_remove,
    .wait = epoll_wait_ready,
    .each = epoll_each,
};
