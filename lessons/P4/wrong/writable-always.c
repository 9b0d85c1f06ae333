/* SPDX-License-Identifier: MIT */
/* A client sends its request and waits 200 ms for the answer. Its class does
 * not override writable, so the loop asks poll for a socket that can be
 * written, and there always is one. Counts the passes. */
#include "nonblocking/asyncore.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { PASSES_MAX = 1000000 };

static const struct slice request = {"GET / HTTP/1.1\r\n\r\n", 18};

struct client {
    struct dispatcher dispatcher;
    size_t sent;
    int writes_for_nothing;
};

static struct client *client_of(struct dispatcher *self)
{
    return (struct client *)(void *)self;
}

static int client_handle_write(struct dispatcher *self)
{
    struct client *client = client_of(self);
    size_t left = request.size - client->sent;
    if (left == 0) {
        client->writes_for_nothing++;
        return 0;
    }
    ssize_t count = dispatcher_send(self, request.data + client->sent, left);
    client->sent += count > 0 ? (size_t)count : 0;
    return 0;
}

static int client_handle_read(struct dispatcher *self)
{
    char bytes[4096];
    (void)dispatcher_recv(self, bytes, sizeof bytes);
    return 0;
}

/* Right: yes as long as there is something to send. */
static bool something_to_send(struct dispatcher *self)
{
    return client_of(self)->sent < request.size;
}

/* The server, around its alarm clock: when that rings it answers and closes. */
struct server {
    struct dispatcher dispatcher;
    int peer;
};

static bool never(struct dispatcher *self)
{
    (void)self;
    return false;
}

static int server_handle_read(struct dispatcher *self)
{
    struct server *server = (struct server *)(void *)self;
    (void)!write(server->peer, "HTTP/1.1 200 OK\r\n\r\n", 19);
    close(server->peer);
    return dispatcher_close(self);
}

static int make_alarm(void)
{
    struct itimerspec soon = {.it_value = {.tv_nsec = 200000000}};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd >= 0)
        timerfd_settime(fd, 0, &soon, NULL);
    return fd;
}

static int start(struct client *client, struct server *server)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return -1;
    server->peer = ends[1];
    server->dispatcher.fd = make_alarm();
    if (server->dispatcher.fd < 0)
        return -1;
    struct dispatcher *self = &client->dispatcher;
    return dispatcher_add_channel(&server->dispatcher)
               ? -1
               : dispatcher_init_socket(self, self->methods, self->map,
                                        ends[0]);
}

static int show(const char *how, bool (*writable)(struct dispatcher *))
{
    struct socket_map map = {0};
    struct dispatcher_methods of_client = dispatcher_defaults;
    struct dispatcher_methods of_server = dispatcher_defaults;
    struct client client = {0};
    struct server server = {.peer = -1};
    of_client.handle_write = client_handle_write;
    of_client.handle_read = client_handle_read;
    of_client.writable = writable;
    of_server.handle_read = server_handle_read;
    of_server.writable = never;
    dispatcher_init(&client.dispatcher, &of_client, &map);
    dispatcher_init(&server.dispatcher, &of_server, &map);
    int passes = 0, error = start(&client, &server);
    while (!error && map.count > 0 && passes < PASSES_MAX) {
        error = asyncore_poll2(&map, NEVER);
        passes++;
    }
    printf("  %-33s%8d passes, %8d writes of nothing\n", how, passes,
           client.writes_for_nothing);
    asyncore_close_all(&map, true);
    socket_map_deinit(&map);
    return error;
}

int main(void)
{
    puts("One request, and the answer comes after 200 ms:");
    puts("");
    if (show("writable is the base class's:", dispatcher_defaults.writable) ||
        show("while there is something to send:", something_to_send))
        return 1;
    puts("\nA socket is nearly always writable. Code that asks for it with "
         "nothing to\nsend is told so at once, every time: the loop never "
         "sleeps, and "
         "burns a\ncore while it waits.");
    return 0;
}
