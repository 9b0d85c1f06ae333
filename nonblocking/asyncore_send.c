/* SPDX-License-Identifier: MIT */
#include "base/container_of.h"
#include "nonblocking/asyncore.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- dispatcher_with_send ---- */

enum { SEND_AT_ONCE = 65536 };

static struct dispatcher_with_send *with_send(struct dispatcher *self)
{
    return container_of(self, struct dispatcher_with_send, dispatcher);
}

static bool has_something_to_send(struct dispatcher *self)
{
    return !self->connected || with_send(self)->out.size > 0;
}

int dispatcher_with_send_initiate(struct dispatcher_with_send *self)
{
    struct buffer *out = &self->out;
    size_t size = out->size < SEND_AT_ONCE ? out->size : SEND_AT_ONCE;
    ssize_t count = dispatcher_send(&self->dispatcher, out->data, size);
    if (count < 0)
        return (int)count;
    out->size -= (size_t)count;
    if (out->size > 0 && count > 0)
        memmove(out->data, out->data + count, out->size);
    return 0;
}

int dispatcher_with_send_send(struct dispatcher_with_send *self,
                              const void *data, size_t size)
{
    int error = buffer_append(&self->out, data, size);
    return error ? error : dispatcher_with_send_initiate(self);
}

static int drain_buffer(struct dispatcher *self)
{
    return dispatcher_with_send_initiate(with_send(self));
}

void dispatcher_with_send_deinit(struct dispatcher_with_send *self)
{
    dispatcher_close(&self->dispatcher);
    buffer_deinit(&self->out);
}

struct dispatcher_methods dispatcher_with_send_methods(void)
{
    struct dispatcher_methods methods = dispatcher_defaults;
    methods.writable = has_something_to_send;
    methods.handle_write = drain_buffer;
    return methods;
}

/* ---- file_dispatcher ---- */

int file_dispatcher_init(struct dispatcher *self,
                         const struct dispatcher_methods *methods,
                         struct socket_map *map, int fd)
{
    dispatcher_init(self, methods, map);
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return -errno;
    int flags = fcntl(copy, F_GETFL);
    self->fd = copy;
    self->connected = true;
    int error = flags < 0 || fcntl(copy, F_SETFL, flags | O_NONBLOCK) < 0
                    ? -errno
                    : dispatcher_add_channel(self);
    if (error)
        dispatcher_close(self);
    return error;
}

ssize_t file_dispatcher_recv(struct dispatcher *self, void *data, size_t size)
{
    ssize_t count = read(self->fd, data, size);
    return count < 0 ? -errno : count;
}

ssize_t file_dispatcher_send(struct dispatcher *self, const void *data,
                             size_t size)
{
    ssize_t count = write(self->fd, data, size);
    return count < 0 ? -errno : count;
}
