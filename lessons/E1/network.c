/* SPDX-License-Identifier: MIT */
#include "lessons/E1/network.h"

#include "base/container_of.h"

enum { RESOLVER_THREADS = 8 };

static struct real_network *real_of(struct network *network)
{
    return container_of(network, struct real_network, network);
}

static int look_up(struct network *network, const struct endpoint *endpoint,
                   struct resolution *resolution)
{
    return resolver_start(real_of(network)->offloader, endpoint, resolution);
}

static void forget(struct network *network, struct resolution *resolution)
{
    (void)network;
    resolver_cancel(resolution);
}

static int connect_stream(struct network *network,
                          const struct address *address,
                          struct stream_transport *stream,
                          struct protocol *protocol)
{
    return stream_connect(stream, &real_of(network)->transports, address,
                          protocol);
}

int real_network_init(struct real_network *real, struct loop *loop)
{
    *real = (struct real_network){.network = {.loop = loop,
                                              .look_up = look_up,
                                              .forget = forget,
                                              .connect = connect_stream}};
    int error = transports_init(&real->transports, loop);
    if (!error)
        error = offloader_new(&real->offloader, loop, RESOLVER_THREADS);
    if (error)
        transports_deinit(&real->transports);
    return error;
}

void real_network_deinit(struct real_network *real)
{
    offloader_free(real->offloader);
    transports_deinit(&real->transports);
}
