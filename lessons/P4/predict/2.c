/* SPDX-License-Identifier: MIT */
/* A connection is on its way, and the server has already spoken. One pass. */
#include "nonblocking/asyncore.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int say(const struct dispatcher *self, const char *handler)
{
    printf("%-16sconnected is %s\n", handler,
           self->connected ? "true" : "false");
    return 0;
}

static int say_connect(struct dispatcher *self)
{
    return say(self, "handle_connect");
}

static int say_read(struct dispatcher *self)
{
    return say(self, "handle_read");
}

static int say_write(struct dispatcher *self)
{
    return say(self, "handle_write");
}

/* A socket of this machine that a client can connect to. */
static int listen_here(struct address *here)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *here = (struct address){.size = sizeof here->socket.ipv4};
    here->socket.ipv4.sin_family = AF_INET;
    here->socket.ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, &here->socket.any, here->size) || listen(fd, 1) ||
        getsockname(fd, &here->socket.any, &here->size))
        return -1;
    return fd;
}

int main(void)
{
    struct socket_map map = {0};
    struct dispatcher object;
    struct dispatcher_methods methods = dispatcher_defaults;
    struct address here;
    methods.handle_connect = say_connect;
    methods.handle_read = say_read;
    methods.handle_write = say_write;
    dispatcher_init(&object, &methods, &map);

    int listener = listen_here(&here);
    if (listener < 0 ||
        dispatcher_create_socket(&object, AF_INET, SOCK_STREAM) ||
        dispatcher_connect(&object, &here))
        return 1;
    int server = accept(listener, NULL, NULL);
    if (write(server, "hello", 5) != 5)
        return 1;
    struct pollfd arrived = {.fd = object.fd, .events = POLLIN};
    poll(&arrived, 1, -1);

    int error = asyncore_poll(&map, NEVER);
    dispatcher_close(&object);
    socket_map_deinit(&map);
    close(server);
    close(listener);
    return error != 0;
}
