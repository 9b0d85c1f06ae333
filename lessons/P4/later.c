/* SPDX-License-Identifier: MIT */
/* What the check and base.c call but the learner's file does not have before a
 * later step. Compiled with the step that is checked. */
#include "lessons/P4/asyncore.h"

#include <errno.h>

#if STEP < 2
int dispatcher_handle_read_event(struct dispatcher *self)
{
    return self->methods->handle_read(self);
}

int dispatcher_handle_write_event(struct dispatcher *self)
{
    return self->methods->handle_write(self);
}

int dispatcher_handle_connect_event(struct dispatcher *self)
{
    return self->methods->handle_connect(self);
}
#endif

#if STEP < 3
int asyncore_poll(struct socket_map *map, int timeout)
{
    (void)map;
    (void)timeout;
    return -ENOSYS;
}
#endif

#if STEP < 4
ssize_t dispatcher_send(struct dispatcher *self, const void *data, size_t size)
{
    (void)self;
    (void)data;
    (void)size;
    return -ENOSYS;
}

ssize_t dispatcher_recv(struct dispatcher *self, void *data, size_t size)
{
    (void)self;
    (void)data;
    (void)size;
    return -ENOSYS;
}

void dispatcher_close(struct dispatcher *self)
{
    (void)self;
}

int asyncore_loop(struct socket_map *map, int timeout, int passes)
{
    (void)map;
    (void)timeout;
    (void)passes;
    return -ENOSYS;
}
#endif

#if STEP < 5
void http_client_init(struct http_client *self,
                      const struct dispatcher_methods *methods,
                      struct socket_map *map, struct slice request)
{
    *self = (struct http_client){.write_buffer = request};
    dispatcher_init(&self->dispatcher, methods, map);
}

struct dispatcher_methods http_client_class(void)
{
    return dispatcher_defaults;
}
#endif
