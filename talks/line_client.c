/* SPDX-License-Identifier: MIT */
#include "talks/line_client.h"

#include <stdlib.h>

struct line_client_factory {
    struct client_factory factory;
    struct line_receiver client;
    struct deferred *done;
};

static struct line_client_factory *self_of(struct client_factory *factory)
{
    return container_of(factory, struct line_client_factory, factory);
}

static struct protocol *build_protocol(struct client_factory *factory,
                                       const struct address *address)
{
    (void)address;
    return &self_of(factory)->client.protocol;
}

static void connection_failed(struct client_factory *factory,
                              struct connector *connector,
                              struct outcome reason)
{
    (void)connector;
    deferred_fire(self_of(factory)->done, reason);
}

static void stop(struct client_factory *factory)
{
    free(self_of(factory));
}

void line_client_done(struct line_receiver *client, int error)
{
    struct line_client_factory *self =
        container_of(client, struct line_client_factory, client);
    struct outcome reason = connection_reason(error);
    if (outcome_failed_with(&reason, &connection_done_type)) {
        outcome_drop(reason);
        reason = outcome_none();
    }
    deferred_fire(self->done, reason);
}

struct line_client_factory *
line_client_factory_new(const struct line_receiver_ops *client)
{
    static const struct client_factory_ops ops = {
        .stop = stop,
        .build_protocol = build_protocol,
        .connection_failed = connection_failed,
    };
    struct line_client_factory *self = calloc(1, sizeof *self);
    if (!self || !(self->done = deferred_new(NULL))) {
        free(self);
        return NULL;
    }
    self->factory.ops = &ops;
    line_receiver_init(&self->client, client);
    return self;
}

struct outcome line_client_connect(struct line_client_factory *factory,
                                   struct reactor *reactor, uint16_t port)
{
    struct deferred *done = factory->done;
    int error = connect_tcp(reactor, "127.0.0.1", port, &factory->factory,
                            CONNECT_TIMEOUT, NULL);
    if (!error)
        return outcome_deferred(done);
    deferred_fire(done, outcome_none());
    deferred_detach(done);
    free(factory);
    return outcome_errno(error);
}
