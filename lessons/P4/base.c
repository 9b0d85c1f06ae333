/* SPDX-License-Identifier: MIT */
/* Given: the base class, the map, and how a socket is connected. */
#include "lessons/P4/asyncore.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the base class ---- */

static bool always(struct dispatcher *self)
{
    (void)self;
    return true;
}

static int nothing(struct dispatcher *self)
{
    (void)self;
    return 0;
}

static int close_it(struct dispatcher *self)
{
    dispatcher_close(self);
    return 0;
}

static int note_and_close(struct dispatcher *self, int error)
{
    self->error = error;
    return self->methods->handle_close(self);
}

const struct dispatcher_methods dispatcher_defaults = {
    .readable = always,
    .writable = always,
    .handle_read_event = dispatcher_handle_read_event,
    .handle_write_event = dispatcher_handle_write_event,
    .handle_connect_event = dispatcher_handle_connect_event,
    .handle_connect = nothing,
    .handle_read = nothing,
    .handle_write = nothing,
    .handle_close = close_it,
    .handle_error = note_and_close,
};

/* ---- the map ---- */

int socket_map_add(struct socket_map *map, struct dispatcher *self)
{
    if (self->fd >= SOCKET_MAP_SIZE)
        return -EMFILE;
    if (!map->by_fd[self->fd])
        map->count++;
    map->by_fd[self->fd] = self;
    if (map->size <= self->fd)
        map->size = self->fd + 1;
    return 0;
}

void socket_map_remove(struct socket_map *map, struct dispatcher *self)
{
    if (socket_map_find(map, self->fd) != self)
        return;
    map->by_fd[self->fd] = NULL;
    map->count--;
    while (map->size > 0 && !map->by_fd[map->size - 1])
        map->size--;
}

struct dispatcher *socket_map_find(const struct socket_map *map, int fd)
{
    return fd >= 0 && fd < map->size ? map->by_fd[fd] : NULL;
}

/* ---- connecting ---- */

/* Into the map, and on its way. */
static int start(struct dispatcher *self, const struct address *address)
{
    int error = socket_map_add(self->map, self);
    if (error)
        return error;
    self->connecting = true;
    if (connect(self->fd, &address->socket.any, address->size) == 0)
        return self->methods->handle_connect_event(self);
    if (errno == EINPROGRESS || errno == EINTR) /* it goes on by itself */
        return 0;
    return -errno;
}

int dispatcher_connect(struct dispatcher *self, const struct address *address)
{
    self->fd = socket(address->socket.any.sa_family,
                      SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (self->fd < 0)
        return -errno;
    int error = start(self, address);
    if (error)
        dispatcher_close(self);
    return error;
}

int dispatcher_connect_result(const struct dispatcher *self)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

bool is_disconnect(ssize_t error)
{
    return error == -ECONNRESET || error == -EPIPE || error == -ENOTCONN ||
           error == -ESHUTDOWN || error == -ECONNABORTED || error == -EBADF;
}
