/* SPDX-License-Identifier: MIT */
/* A and B are both ready to read, and A closes B. One pass. */
#include "nonblocking/asyncore.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

struct object {
    struct dispatcher dispatcher;
    char name;
    struct object *closes;
};

static int say_read(struct dispatcher *self)
{
    struct object *object = (struct object *)(void *)self;
    printf("%c's handle_read is called%s\n", object->name,
           object->closes ? ", and closes B" : "");
    return object->closes ? dispatcher_close(&object->closes->dispatcher) : 0;
}

static bool never(struct dispatcher *self)
{
    (void)self;
    return false;
}

/* A socket with something to read in it. */
static int attach(struct object *object, struct socket_map *map,
                  const struct dispatcher_methods *methods)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) ||
        write(ends[1], "x", 1) != 1)
        return -1;
    close(ends[1]);
    return dispatcher_init_socket(&object->dispatcher, methods, map, ends[0]);
}

int main(void)
{
    struct socket_map map = {0};
    struct dispatcher_methods methods = dispatcher_defaults;
    struct object b = {.name = 'B'}, a = {.name = 'A', .closes = &b};
    methods.handle_read = say_read;
    methods.writable = never;
    if (attach(&a, &map, &methods) || attach(&b, &map, &methods) ||
        asyncore_poll(&map, NEVER))
        return 1;
    puts("the pass is over");
    asyncore_close_all(&map, true);
    socket_map_deinit(&map);
    return 0;
}
