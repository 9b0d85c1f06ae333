/* SPDX-License-Identifier: MIT */
/* A18 (callbacks): A protocol whose data_received ends the loop
 *
 * A protocol is a set of functions that are called in a known order. This one
 * knows what its peer answers, and then it has the loop stop.
 *
 * Python: class LovelyProtocol(asyncio.Protocol), loop.stop(). */
#include "talks/echo.h"
#include "talks/talk.h"

const char *const talk_sites[] = {NULL};

struct lovely {
    struct protocol protocol;
    struct loop *loop;
};

static void connection_made(struct protocol *self, struct transport *transport)
{
    (void)self;
    printf("connection_made\n");
    transport_write(transport, slice_of("iloveyou"));
}

static void data_received(struct protocol *self, struct slice data)
{
    printf("data_received: %.*s\n", (int)data.size, data.data);
    loop_stop(container_of(self, struct lovely, protocol)->loop);
}

int talk_run(struct talk *talk)
{
    struct protocol_ops ops = {connection_made, data_received, NULL,
                               echo_lost,       NULL,          NULL};
    struct lovely lovely = {{&ops}, talk->loop};
    struct stream_transport wire = {.watch.fd = -1};
    struct echo at;
    int error = echo_start(&at, talk->loop);
    if (!error)
        error = stream_connect(&wire, &at.clients, &at.tcp, &lovely.protocol);
    error = error ? error : loop_run(talk->loop);
    stream_deinit(&wire);
    echo_stop(&at);
    return error;
}
