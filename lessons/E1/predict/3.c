/* SPDX-License-Identifier: MIT */
/* "he" and "llo" are written at one end of a connection, and the other end says
 * what it is handed. The connection lies in memory. */
#include "callbacks/memory_transport.h"

#include <stdio.h>

static struct transport *writer;

static void on_made(struct protocol *protocol, struct transport *transport)
{
    (void)protocol;
    if (!writer)
        writer = transport; /* of the first one of the two */
}

static void on_data(struct protocol *protocol, struct slice data)
{
    (void)protocol;
    printf("  data_received \"%.*s\"\n", (int)data.size, data.data);
}

static void on_lost(struct protocol *protocol, int error)
{
    (void)protocol;
    (void)error;
}

static const struct protocol_ops ops = {.connection_made = on_made,
                                        .data_received = on_data,
                                        .connection_lost = on_lost};

int main(void)
{
    struct loop *loop;
    struct memory_transport pair[2];
    struct protocol server = {&ops}, client = {&ops};
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    memory_transport_pair(pair, loop, &server, &client);
    loop_run(loop); /* connection_made, twice */
    puts("both at once:");
    transport_write(writer, slice_of("he"));
    transport_write(writer, slice_of("llo"));
    loop_run(loop);
    puts("with a turn between:");
    transport_write(writer, slice_of("he"));
    loop_run(loop);
    transport_write(writer, slice_of("llo"));
    loop_run(loop);
    transport_close(writer);
    loop_run(loop);
    loop_free(loop);
    return 0;
}
