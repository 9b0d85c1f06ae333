/* SPDX-License-Identifier: MIT */
#include "nonblocking/asyncore.h"

#include "base/probe.h"
#include "nonblocking/selector.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/time.h>

/* What an object asks for in this pass (AS3, AS5). */
static short asks_for(struct dispatcher *object)
{
    int events = 0;
    if (object->methods->readable(object))
        events |= POLLIN | POLLPRI;
    if (object->methods->writable(object) && !object->accepting)
        events |= POLLOUT;
    return (short)events;
}

/* Fills `list`, which has a place for each object, with those that want
 * something. Every object is asked in every pass: that is the price of
 * asyncore. The objects are listed first, because an object that is asked may
 * add others, which wait for the next pass. */
static nfds_t list_dispatchers(const struct socket_map *map,
                               struct pollfd *list)
{
    nfds_t here = 0, count = 0;
    for (int fd = 0; fd < map->size; fd++)
        if (map->by_fd[fd])
            list[here++].fd = fd;
    for (nfds_t i = 0; i < here; i++) {
        int fd = list[i].fd;
        struct dispatcher *object = socket_map_find(map, fd);
        short events = object ? asks_for(object) : 0;
        if (events && socket_map_find(map, fd) == object)
            list[count++] = (struct pollfd){.fd = fd, .events = events};
    }
    return count;
}

/* One more than needed, so that calloc does not return NULL for an empty
 * map. */
static struct pollfd *make_list(const struct socket_map *map)
{
    return malloc(((size_t)map->count + 1) * sizeof(struct pollfd));
}

static int poll_errno(void)
{
    return errno == EINTR ? 0 : -errno;
}

/* ---- over select ---- */

struct select_sets {
    fd_set readable, writable, exceptional;
    int size; /* one more than the highest descriptor; 0: all empty */
};

static int select_ask(struct select_sets *sets, const struct pollfd *list,
                      nfds_t count)
{
    FD_ZERO(&sets->readable);
    FD_ZERO(&sets->writable);
    FD_ZERO(&sets->exceptional);
    sets->size = 0;
    for (nfds_t i = 0; i < count; i++) {
        int fd = list[i].fd;
        if (fd >= FD_SETSIZE)
            return -EINVAL; /* FD_SET would write behind the set's end */
        if (list[i].events & POLLIN)
            FD_SET(fd, &sets->readable);
        if (list[i].events & POLLOUT)
            FD_SET(fd, &sets->writable);
        FD_SET(fd, &sets->exceptional);
        sets->size = fd + 1;
    }
    return 0;
}

/* Looks the object up anew for each event: an earlier handler of this pass may
 * have closed it (AS4). */
static int select_dispatch(struct socket_map *map, const fd_set *set, int size,
                           int (*call)(struct dispatcher *))
{
    for (int fd = 0; fd < size; fd++) {
        struct dispatcher *object =
            FD_ISSET(fd, set) ? socket_map_find(map, fd) : NULL;
        int error = object ? call(object) : 0;
        if (error)
            return error;
    }
    return 0;
}

int asyncore_poll(struct socket_map *map, nanos timeout)
{
    struct pollfd *list = make_list(map);
    if (!list)
        return -ENOMEM;
    struct select_sets sets;
    int error = select_ask(&sets, list, list_dispatchers(map, list));
    free(list);
    if (error)
        return error;
    struct timeval span = nanos_to_timeval(timeout);
    probe(PROBE_WAIT_BEGINS, PROBE_FOR_EVENTS, 0, 0);
    int ready = select(sets.size, &sets.readable, &sets.writable,
                       &sets.exceptional, timeout == NEVER ? NULL : &span);
    probe(PROBE_WAIT_ENDS, PROBE_FOR_EVENTS, ready > 0 ? (size_t)ready : 0, 0);
    if (ready < 0)
        return poll_errno();
    error = select_dispatch(map, &sets.readable, sets.size, asyncore_read);
    if (!error)
        error = select_dispatch(map, &sets.writable, sets.size, asyncore_write);
    if (!error)
        error = select_dispatch(map, &sets.exceptional, sets.size,
                                asyncore_exception);
    return error;
}

/* ---- over poll ---- */

static int poll_dispatch(struct socket_map *map, const struct pollfd *list,
                         nfds_t count)
{
    for (nfds_t i = 0; i < count; i++) {
        struct dispatcher *object =
            list[i].revents ? socket_map_find(map, list[i].fd) : NULL;
        int error = object ? asyncore_readwrite(object, list[i].revents) : 0;
        if (error)
            return error;
    }
    return 0;
}

int asyncore_poll2(struct socket_map *map, nanos timeout)
{
    struct pollfd *list = make_list(map);
    if (!list)
        return -ENOMEM;
    nfds_t count = list_dispatchers(map, list);
    int error;
    probe(PROBE_WAIT_BEGINS, PROBE_FOR_EVENTS, 0, 0);
    int ready = poll(list, count, nanos_to_milliseconds(timeout));
    probe(PROBE_WAIT_ENDS, PROBE_FOR_EVENTS, ready > 0 ? (size_t)ready : 0, 0);
    if (ready < 0)
        error = poll_errno();
    else
        error = poll_dispatch(map, list, count);
    free(list);
    return error;
}

/* Calls the handlers one after the other until one raises. As in asyncore, it
 * does not check whether the object has been closed in between (AS6). */
static int handle_events(struct dispatcher *object, int events)
{
    const struct dispatcher_methods *methods = object->methods;
    int error = 0;
    if (events & POLLIN)
        error = methods->handle_read_event(object);
    if (!error && events & POLLOUT)
        error = methods->handle_write_event(object);
    if (!error && events & POLLPRI)
        error = methods->handle_expt_event(object);
    if (!error && events & (POLLHUP | POLLERR | POLLNVAL))
        error = methods->handle_close(object);
    return error;
}

int asyncore_readwrite(struct dispatcher *object, int events)
{
    int error = handle_events(object, events);
    switch (-error) {
    case 0:
    case -ASYNCORE_EXIT:
        return error;
    case ECONNRESET:
    case ENOTCONN:
    case ESHUTDOWN:
    case ECONNABORTED:
    case EPIPE:
    case EBADF: /* gone, which is not an error here (AS7) */
        return object->methods->handle_close(object);
    default: /* a refused connection, for one */
        return object->methods->handle_error(object, error);
    }
}

int asyncore_loop(struct socket_map *map, nanos timeout, bool use_poll,
                  int count)
{
    int error = 0;
    for (int pass = 0; !error && map->count > 0; pass++) {
        if (count > 0 && pass == count)
            break;
        error = use_poll ? asyncore_poll2(map, timeout)
                         : asyncore_poll(map, timeout);
    }
    return error;
}
