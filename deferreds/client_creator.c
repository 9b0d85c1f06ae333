/* SPDX-License-Identifier: MIT */
#include "deferreds/client_creator.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"
#include "deferreds/connector.h"
#include "deferreds/ladder.h"

#include <stdlib.h>

/* Until its Deferred has ended, and its factory has stopped. */
struct creator {
    struct deferred deferred;
    struct client_factory factory;
    struct reactor *reactor;
    struct protocol *protocol;
    struct connector *connector; /* NULL: it is over */
    struct handle turn;          /* the one in which it fires */
    unsigned references;
};

static struct creator *creator_of(struct client_factory *factory)
{
    return container_of(factory, struct creator, factory);
}

static void unref(struct creator *creator)
{
    if (--creator->references == 0)
        free(creator);
}

static void on_turn(struct handle *turn)
{
    struct creator *creator = container_of(turn, struct creator, turn);
    deferred_fire(&creator->deferred, outcome_borrowed(creator->protocol));
}

static void describe_creation(const struct handle *turn, FILE *out)
{
    deferred_describe(&container_of(turn, const struct creator, turn)->deferred,
                      out);
}
HANDLE_NAME(on_turn, "a connection that was made", describe_creation);
WAIT_SHAPE_BY(on_turn, "a connection", struct creator, turn,
              WAIT_PART(WAIT_FIRES, struct creator, deferred));

static struct protocol *build_protocol(struct client_factory *factory,
                                       const struct address *address)
{
    struct creator *creator = creator_of(factory);
    (void)address;
    loop_call_soon(creator->reactor->loop, &creator->turn);
    return creator->protocol;
}

static void connection_failed(struct client_factory *factory,
                              struct connector *connector,
                              struct outcome reason)
{
    struct creator *creator = creator_of(factory);
    (void)connector;
    if (creator->deferred.fired || creator->deferred.stopping)
        outcome_drop(reason);
    else
        deferred_fire(&creator->deferred, reason);
}

static void on_stop(struct client_factory *factory)
{
    struct creator *creator = creator_of(factory);
    creator->connector = NULL;
    unref(creator);
}

static bool give_up(struct deferred *deferred)
{
    struct creator *creator = container_of(deferred, struct creator, deferred);
    loop_cancel(creator->reactor->loop, &creator->turn);
    if (creator->connector)
        (void)connector_disconnect(creator->connector);
    return false;
}

static void creation_release(struct deferred *deferred)
{
    unref(container_of(deferred, struct creator, deferred));
}
WAIT_SHAPE_BY(creation_release, "a connection", struct creator, deferred,
              WAIT_PART(WAIT_TIMER, struct creator, turn),
              WAIT_PART(WAIT_BY, struct creator, connector));

struct deferred *client_connect_tcp(struct reactor *reactor, const char *host,
                                    uint16_t port, struct protocol *protocol,
                                    nanos timeout)
{
    static const struct client_factory_ops ops = {
        .stop = on_stop,
        .build_protocol = build_protocol,
        .connection_failed = connection_failed,
    };
    struct creator *creator = calloc(1, sizeof *creator);
    if (!creator)
        return NULL;
    deferred_init(&creator->deferred, give_up);
    creator->deferred.release = creation_release;
    creator->factory.ops = &ops;
    creator->reactor = reactor;
    creator->protocol = protocol;
    creator->turn.run = on_turn;
    creator->references = 2;
    if (!connect_tcp(reactor, host, port, &creator->factory, timeout,
                     &creator->connector))
        return &creator->deferred;
    free(creator);
    return NULL;
}
