/* SPDX-License-Identifier: MIT */
#include "nonblocking/rivals.h"

#include "nonblocking/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct rivals {
    int fd;
    int count;
    int sockets[ADDRESSES_MAX]; /* attempts under way, in no order */
};

static int enter(struct rivals *rivals, int socket)
{
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = socket};
    if (epoll_ctl(rivals->fd, EPOLL_CTL_ADD, socket, &event))
        return -errno;
    rivals->sockets[rivals->count++] = socket;
    return 0;
}

static void rivals_remove(struct rivals *rivals, int socket)
{
    int i = 0;
    while (rivals->sockets[i] != socket)
        i++;
    rivals->sockets[i] = rivals->sockets[--rivals->count];
    epoll_ctl(rivals->fd, EPOLL_CTL_DEL, socket, NULL);
}

/* Starts with the attempt that is already under way. 0 or a negative errno:
 * a descriptor or memory is missing. */
static int rivals_new(struct rivals **made, int socket)
{
    struct rivals *rivals = calloc(1, sizeof *rivals);
    if (!rivals)
        return -ENOMEM;
    rivals->fd = epoll_create1(EPOLL_CLOEXEC);
    int error = rivals->fd < 0 ? -errno : enter(rivals, socket);
    if (error)
        rivals_free(rivals);
    else
        *made = rivals;
    return error;
}

void rivals_free(struct rivals *rivals)
{
    while (rivals->count > 0)
        close(rivals->sockets[--rivals->count]);
    if (rivals->fd >= 0)
        close(rivals->fd);
    free(rivals);
}

static int begin_rival(struct rivals *rivals, const struct address *address)
{
    int socket = socket_start_connect(address);
    if (socket < 0)
        return socket;
    int error = enter(rivals, socket);
    if (error)
        close(socket);
    return error;
}

/* Tries the next address, then others until one does not fail at once. 0, or
 * the error of the last one: `error` if there was no other address. An address
 * for which this machine was short of something has not been tried: it is due
 * again later, while others are under way. */
static int begin_next(struct rivals *rivals, struct call *call, int error,
                      nanos now)
{
    const struct address *address;
    while ((address = call_next_address(call))) {
        error = begin_rival(rivals, address);
        if (call_is_short(error)) {
            call_delay_attempt(call, error, now);
            return error;
        }
        call_try_another(call, now);
        if (!error)
            return 0;
    }
    return error;
}

int rivals_try_another(struct rivals **rivals, int fd, struct call *call,
                       nanos now)
{
    int error = *rivals ? 0 : rivals_new(rivals, fd);
    if (error) {
        call_delay_attempt(call, error, now);
        return fd;
    }
    /* If the next address fails at once, the other attempts go on. */
    (void)begin_next(*rivals, call, 0, now);
    return (*rivals)->fd;
}

int rivals_step(struct rivals *rivals, struct call *call, nanos now)
{
    struct epoll_event event;
    while (epoll_wait(rivals->fd, &event, 1, 0) > 0) {
        int socket = event.data.fd;
        int error = socket_connect_result(socket);
        rivals_remove(rivals, socket);
        if (!error)
            return socket;
        close(socket);
        error = begin_next(rivals, call, error, now);
        if (rivals->count == 0) {
            call_connect_failed(call, error, now);
            return -ECANCELED;
        }
    }
    return -EAGAIN;
}
