/* SPDX-License-Identifier: MIT */
#include "nonblocking/asyncore.h"

#include <errno.h>
#include <stdlib.h>

struct dispatcher *socket_map_find(const struct socket_map *map, int fd)
{
    return fd >= 0 && fd < map->size ? map->by_fd[fd] : NULL;
}

static int make_room(struct socket_map *map, int fd)
{
    if (fd < map->size)
        return 0;
    int size = map->size ? map->size : 64;
    while (size <= fd)
        size *= 2;
    struct dispatcher **by_fd =
        realloc(map->by_fd, (size_t)size * sizeof(struct dispatcher *));
    if (!by_fd)
        return -ENOMEM;
    for (int i = map->size; i < size; i++)
        by_fd[i] = NULL;
    map->by_fd = by_fd;
    map->size = size;
    return 0;
}

int dispatcher_add_channel(struct dispatcher *self)
{
    int error = make_room(self->map, self->fd);
    if (error)
        return error;
    if (!self->map->by_fd[self->fd])
        self->map->count++;
    self->map->by_fd[self->fd] = self;
    return 0;
}

void dispatcher_del_channel(struct dispatcher *self)
{
    if (socket_map_find(self->map, self->fd) != self)
        return;
    self->map->by_fd[self->fd] = NULL;
    self->map->count--;
}

void socket_map_deinit(struct socket_map *map)
{
    free(map->by_fd);
    *map = (struct socket_map){0};
}

int asyncore_close_all(struct socket_map *map, bool ignore_all)
{
    for (int fd = 0; fd < map->size; fd++) {
        struct dispatcher *object = map->by_fd[fd];
        if (!object)
            continue;
        int error = dispatcher_close(object);
        if (error && error != -EBADF && !ignore_all)
            return error;
    }
    return 0;
}
