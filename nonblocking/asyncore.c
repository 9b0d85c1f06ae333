/* SPDX-License-Identifier: MIT */
#include "nonblocking/asyncore.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The peer is gone: a reason to close, not an error (AS19). */
static bool is_disconnect(int error)
{
    return error == ECONNRESET || error == ENOTCONN || error == ESHUTDOWN ||
           error == ECONNABORTED || error == EPIPE || error == EBADF;
}

void dispatcher_init(struct dispatcher *self,
                     const struct dispatcher_methods *methods,
                     struct socket_map *map)
{
    *self = (struct dispatcher){.methods = methods, .map = map, .fd = -1};
}

int dispatcher_init_socket(struct dispatcher *self,
                           const struct dispatcher_methods *methods,
                           struct socket_map *map, int fd)
{
    dispatcher_init(self, methods, map);
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -errno;
    self->address.size = sizeof self->address.socket;
    self->connected =
        getpeername(fd, &self->address.socket.any, &self->address.size) == 0;
    if (!self->connected && errno != ENOTCONN && errno != EINVAL)
        return -errno;
    if (!self->connected)
        self->address.size = 0;
    self->fd = fd;
    int error = dispatcher_add_channel(self);
    if (error)
        self->fd = -1;
    return error;
}

int dispatcher_create_socket(struct dispatcher *self, int family, int type)
{
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (!self->connected)
        self->address.size = 0;
    self->fd = fd;
    int error = dispatcher_add_channel(self);
    if (error)
        dispatcher_close(self);
    return error;
}

int dispatcher_set_reuse_address(struct dispatcher *self)
{
    return setsockopt(self->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1},
                      sizeof(int))
               ? -errno
               : 0;
}

int dispatcher_bind(struct dispatcher *self, const struct address *address)
{
    self->address = *address;
    return bind(self->fd, &address->socket.any, address->size) ? -errno : 0;
}

int dispatcher_listen(struct dispatcher *self, int backlog)
{
    self->accepting = true;
    return listen(self->fd, backlog) ? -errno : 0;
}

int dispatcher_connect(struct dispatcher *self, const struct address *address)
{
    self->connected = false;
    self->connecting = true;
    int error =
        connect(self->fd, &address->socket.any, address->size) ? errno : 0;
    switch (error) {
    case 0:
    case EISCONN:
        self->address = *address;
        return self->methods->handle_connect_event(self);
    case EINPROGRESS:
    case EALREADY:
    case EWOULDBLOCK:
    case EINTR: /* an interrupted connect goes on by itself */
        self->address = *address;
        return 0;
    default:
        return -error;
    }
}

int dispatcher_accept(struct dispatcher *self, struct address *from)
{
    from->size = sizeof from->socket;
    int fd = accept4(self->fd, &from->socket.any, &from->size, SOCK_CLOEXEC);
    if (fd >= 0)
        return fd;
    return errno == ECONNABORTED || errno == EINTR ? -EAGAIN : -errno;
}

ssize_t dispatcher_send(struct dispatcher *self, const void *data, size_t size)
{
    ssize_t count = send(self->fd, data, size, MSG_NOSIGNAL);
    if (count >= 0)
        return count;
    if (errno == EAGAIN || errno == EINTR)
        return 0;
    if (!is_disconnect(errno))
        return -errno;
    return self->methods->handle_close(self);
}

ssize_t dispatcher_recv(struct dispatcher *self, void *data, size_t size)
{
    ssize_t count = recv(self->fd, data, size, 0);
    if (count > 0)
        return count;
    if (count < 0 && errno == EINTR)
        return -EAGAIN;
    if (count < 0 && !is_disconnect(errno))
        return -errno;
    return self->methods->handle_close(self);
}

int dispatcher_close(struct dispatcher *self)
{
    self->connected = self->accepting = self->connecting = false;
    if (self->fd < 0)
        return 0;
    dispatcher_del_channel(self);
    int error = close(self->fd) ? errno : 0;
    self->fd = -1;
    return error == ENOTCONN || error == EBADF ? 0 : -error;
}

/* ---- what an event means ---- */

static int socket_error(const struct dispatcher *self)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return errno == ENOTSOCK ? 0 : errno;
    return error;
}

int dispatcher_handle_read_event(struct dispatcher *self)
{
    if (self->accepting)
        return self->methods->handle_accept(self);
    if (!self->connected && self->connecting) {
        int error = self->methods->handle_connect_event(self);
        if (error)
            return error;
    }
    return self->methods->handle_read(self);
}

int dispatcher_handle_write_event(struct dispatcher *self)
{
    if (self->accepting)
        return 0; /* that a listening socket is writable means nothing */
    if (!self->connected && self->connecting) {
        int error = self->methods->handle_connect_event(self);
        if (error)
            return error;
    }
    return self->methods->handle_write(self);
}

int dispatcher_handle_connect_event(struct dispatcher *self)
{
    int error = socket_error(self);
    if (error)
        return -error;
    error = self->methods->handle_connect(self);
    if (error)
        return error;
    self->connected = true;
    self->connecting = false;
    return 0;
}

int dispatcher_handle_expt_event(struct dispatcher *self)
{
    if (socket_error(self))
        return self->methods->handle_close(self);
    return self->methods->handle_expt(self);
}

/* ---- a pass ---- */

static int raised(struct dispatcher *object, int error)
{
    if (error == 0 || error == ASYNCORE_EXIT)
        return error;
    return object->methods->handle_error(object, error);
}

int asyncore_read(struct dispatcher *object)
{
    return raised(object, object->methods->handle_read_event(object));
}

int asyncore_write(struct dispatcher *object)
{
    return raised(object, object->methods->handle_write_event(object));
}

int asyncore_exception(struct dispatcher *object)
{
    return raised(object, object->methods->handle_expt_event(object));
}
