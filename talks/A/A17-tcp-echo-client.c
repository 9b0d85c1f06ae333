/* SPDX-License-Identifier: MIT */
/* A17 (callbacks): A TCP echo client
 *
 * The client connects to an echo server, sends a line, and reads it back. The
 * transport moves the bytes, the protocol says which and when.
 *
 * Python: tcp_echo_client() with asyncio's create_connection() below it. */
#include "talks/echo.h"
#include "talks/talk.h"

const char *const talk_sites[] = {NULL};

static void connection_made(struct protocol *self, struct transport *transport)
{
    (void)self;
    transport_write(transport, slice_of("Hello World!"));
    transport_write_eof(transport);
}

static void data_received(struct protocol *self, struct slice data)
{
    (void)self;
    printf("%.*s\n", (int)data.size, data.data);
}

static void connection_lost(struct protocol *self, int error)
{
    (void)self;
    printf("closed: %s\n", error ? strerrordesc_np(-error) : "in good order");
}

int talk_run(struct talk *talk)
{
    const struct protocol_ops ops = {connection_made, data_received, NULL,
                                     connection_lost, NULL,          NULL};
    struct protocol protocol = {&ops};
    struct stream_transport wire;
    struct echo server;
    int error = echo_start(&server, talk->loop);
    if (!error)
        error = stream_connect(&wire, &server.clients, &server.tcp, &protocol);
    error = error ? error : loop_run(talk->loop);
    echo_stop(&server);
    return error;
}
