/* SPDX-License-Identifier: MIT */
/* asyncore: writable() was never overridden. */
#include "wrong.h"

#include "nonblocking/asyncore.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE = 1000 };

/* A client that has sent its request and waits for the answer. */
struct client {
    struct dispatcher dispatcher;
    bool answered;
    int calls; /* of handlers, in this pass */
};

static int handle_read(struct dispatcher *self)
{
    struct client *client = (struct client *)self;
    char answer[16];
    client->calls++;
    client->answered = dispatcher_recv(self, answer, sizeof answer) > 0;
    return 0;
}

/* Everything is sent: there is nothing to do. */
static int handle_write(struct dispatcher *self)
{
    ((struct client *)self)->calls++;
    return 0;
}

static bool not_writable(struct dispatcher *self)
{
    (void)self;
    return false;
}

/* Passes of the loop until the answer was there. The server answers once the
 * loop has really waited in a pass; or when it has turned long enough. */
static long passes_until_answered(struct dispatcher_methods methods)
{
    struct client client = {.calls = 0};
    struct socket_map map = {.count = 0};
    int pair[2];
    long passes = 0;
    wrong_need(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
    methods.handle_read = handle_read;
    methods.handle_write = handle_write;
    wrong_need(
        !dispatcher_init_socket(&client.dispatcher, &methods, &map, pair[0]),
        "dispatcher_init_socket");
    while (!client.answered) {
        client.calls = 0;
        passes++;
        wrong_need(!asyncore_poll2(&map, NANOS_PER_MILLISECOND), "poll");
        if (!client.answered && (client.calls == 0 || passes == PATIENCE))
            wrong_need(write(pair[1], "a page", 6) == 6, "write");
    }
    dispatcher_close(&client.dispatcher);
    socket_map_deinit(&map);
    close(pair[1]);
    return passes;
}

static long make(void)
{
    return passes_until_answered(dispatcher_defaults);
}

static long mend(void)
{
    struct dispatcher_methods methods = dispatcher_defaults;
    methods.writable = not_writable;
    return passes_until_answered(methods);
}

int main(void)
{
    static const struct wrong busy_loop = {
        .mistake = "a dispatcher waits for an answer and forgot writable()",
        .damage = "passes of the loop for one answer",
        .make = make,
        .mend = mend,
        .why = "by default writable() says yes, and a socket nearly always is: "
               "poll returns at once, handle_write has nothing to say, and so "
               "on. The page arrives all the same; one processor is at 100 %.",
        .instead = "writable() is true only while there is something to send. "
                   "`top` shows what you missed, or strace: poll upon poll.",
    };
    return wrong_show(&busy_loop);
}
