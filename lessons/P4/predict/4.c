/* SPDX-License-Identifier: MIT */
/* Two clients in the map; one is closed in pass 1, the other in pass 3. */
#include "nonblocking/asyncore.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
    struct dispatcher dispatcher;
    char name;
    int pass, last; /* closes itself in this pass */
};

static bool never(struct dispatcher *self)
{
    (void)self;
    return false;
}

static int count_pass(struct dispatcher *self)
{
    struct client *client = (struct client *)(void *)self;
    if (++client->pass < client->last)
        return 0;
    printf("pass %d: client %c is closed\n", client->pass, client->name);
    return dispatcher_close(self);
}

static int attach(struct client *client, struct socket_map *map,
                  const struct dispatcher_methods *methods)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return -1;
    close(ends[1]);
    return dispatcher_init_socket(&client->dispatcher, methods, map, ends[0]);
}

int main(void)
{
    struct socket_map map = {0};
    struct dispatcher_methods methods = dispatcher_defaults;
    struct client a = {.name = 'a', .last = 1}, b = {.name = 'b', .last = 3};
    methods.readable = never;
    methods.handle_write = count_pass;
    if (attach(&a, &map, &methods) || attach(&b, &map, &methods) ||
        asyncore_loop(&map, NEVER, false, 0))
        return 1;
    printf("loop() has returned; %d are in the map\n", map.count);
    socket_map_deinit(&map);
    return 0;
}
