/* SPDX-License-Identifier: MIT */
#include "deferreds/connector.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "callbacks/resolver.h"
#include "callbacks/wait_shape.h"
#include "http/call.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>

struct connector {
    struct handle turn; /* the first step */
    struct reactor *reactor;
    struct client_factory *factory;
    struct endpoint endpoint;
    nanos timeout;
    enum connector_state state;
    unsigned holds;
    bool uses_factory;

    struct handle deadline; /* of look-up and connection */
    struct handle share;    /* of that time: the attempt's, where another
                             * address follows */
    struct resolution resolution;
    struct addresses addresses;
    int tried;    /* how many addresses were tried */
    int given_up; /* why no other one is tried, a negative errno; or 0 */

    /* The transport calls `inner`, which passes everything on, so the connector
     * learns of the end when the protocol does. */
    struct protocol inner;
    struct protocol *protocol; /* the factory's; NULL: it made none */
    struct stream_transport stream;
};

static void try_next(struct connector *connector, int error);

/* ---- the factory ---- */

static void use_factory(struct connector *connector)
{
    struct client_factory *factory = connector->factory;
    if (connector->uses_factory)
        return;
    connector->uses_factory = true;
    if (factory->users++ == 0 && factory->ops->start)
        factory->ops->start(factory);
}

/* Frees it once nothing is left to do and nothing holds it. */
static void end_if_done(struct connector *connector)
{
    struct client_factory *factory = connector->factory;
    if (connector->holds > 0 || connector->state != CONNECTOR_DISCONNECTED)
        return;
    endpoint_deinit(&connector->endpoint);
    free(connector);
    if (--factory->users == 0 && factory->ops->stop)
        factory->ops->stop(factory);
}

void connector_hold(struct connector *connector)
{
    connector->holds++;
}

void connector_release(struct connector *connector)
{
    connector->holds--;
    end_if_done(connector);
}

static void stop_timers(struct connector *connector)
{
    loop_cancel(connector->reactor->loop, &connector->deadline);
    loop_cancel(connector->reactor->loop, &connector->share);
}

static void tell_connector(struct connector *connector,
                           void (*fn)(struct client_factory *,
                                      struct connector *, struct outcome),
                           struct outcome reason)
{
    connector_hold(connector);
    connector->state = CONNECTOR_DISCONNECTED;
    stop_timers(connector);
    if (fn)
        fn(connector->factory, connector, reason);
    else
        outcome_drop(reason);
    connector_release(connector);
}

static void failed(struct connector *connector, struct outcome reason)
{
    tell_connector(connector, connector->factory->ops->connection_failed,
                   reason);
}

static struct outcome failure_of(int error)
{
    const char *words = strerrordesc_np(-error);
    if (error == -ENOMEM)
        return outcome_failure(&failure_no_memory);
    if (error == -ETIMEDOUT)
        return outcome_fail(&timeout_type, error, "%s", words);
    if (error == -ECANCELED)
        return outcome_fail(&user_error_type, error, "not wanted any more");
    return outcome_fail(error == -ECONNREFUSED ? &connection_refused_type
                                               : &connect_error_type,
                        error, "%s", words ? words : "unknown error");
}

/* ---- the connection ---- */

static struct connector *connector_of(struct protocol *inner)
{
    return container_of(inner, struct connector, inner);
}

static void on_made(struct protocol *inner, struct transport *transport)
{
    struct connector *connector = connector_of(inner);
    struct client_factory *factory = connector->factory;
    connector->state = CONNECTOR_CONNECTED;
    stop_timers(connector);
    connector->protocol = factory->ops->build_protocol(
        factory, &connector->addresses.list[connector->tried - 1]);
    if (connector->protocol)
        connector->protocol->ops->connection_made(connector->protocol,
                                                  transport);
    else
        transport_close(transport);
}

static void on_data(struct protocol *inner, struct slice data)
{
    struct protocol *protocol = connector_of(inner)->protocol;
    protocol->ops->data_received(protocol, data);
}

static bool on_eof(struct protocol *inner)
{
    struct protocol *protocol = connector_of(inner)->protocol;
    return protocol->ops->eof_received && protocol->ops->eof_received(protocol);
}

static void on_pause(struct protocol *inner)
{
    struct protocol *protocol = connector_of(inner)->protocol;
    if (protocol->ops->pause_writing)
        protocol->ops->pause_writing(protocol);
}

static void on_resume(struct protocol *inner)
{
    struct protocol *protocol = connector_of(inner)->protocol;
    if (protocol->ops->resume_writing)
        protocol->ops->resume_writing(protocol);
}

static void on_lost(struct protocol *inner, int error)
{
    struct connector *connector = connector_of(inner);
    struct protocol *protocol = connector->protocol;
    if (connector->state == CONNECTOR_CONNECTING) {
        try_next(connector, error);
        return;
    }
    connector->protocol = NULL;
    if (protocol)
        protocol->ops->connection_lost(protocol, error);
    tell_connector(connector, connector->factory->ops->connection_lost,
                   connection_reason(error));
}

static const struct protocol_ops inner_ops = {
    .connection_made = on_made,
    .data_received = on_data,
    .eof_received = on_eof,
    .connection_lost = on_lost,
    .pause_writing = on_pause,
    .resume_writing = on_resume,
};
WAIT_SHAPE(inner_ops, "a connector", struct connector, inner,
           WAIT_PART(WAIT_TELLS, struct connector, protocol));

/* ---- on the way there ---- */

static int addresses_left(const struct connector *connector)
{
    return connector->addresses.count - connector->tried;
}

/* An attempt has its share of the time that is left, so that an address that
 * does not answer leaves some to those behind it. */
static void share_time(struct connector *connector)
{
    struct loop *loop = connector->reactor->loop;
    nanos now = loop_time(loop), span = CALL_ATTEMPT_PATIENCE;
    int others = addresses_left(connector);
    if (connector->timeout != NEVER)
        span = nanos_until(connector->deadline.when, now) / (others + 1);
    loop_cancel(loop, &connector->share);
    if (others)
        loop_call_at(loop, &connector->share, nanos_after(now, span));
}

/* `error` is that of the previous attempt; 0: there was none. Where this
 * machine was short of something, no other address is to blame. */
static void try_next(struct connector *connector, int error)
{
    while (!connector->given_up && !call_is_short(error) &&
           addresses_left(connector) > 0) {
        const struct address *address =
            &connector->addresses.list[connector->tried++];
        error =
            stream_connect(&connector->stream, &connector->reactor->transports,
                           address, &connector->inner);
        if (!error) {
            share_time(connector);
            return;
        }
    }
    failed(connector,
           failure_of(connector->given_up ? connector->given_up : error));
}

static void on_share(struct handle *share)
{
    struct connector *connector = container_of(share, struct connector, share);
    transport_abort(&connector->stream.transport, -ETIMEDOUT);
}
HANDLE_NAME(on_share, "the time that an address has", NULL);

/* What this machine refused to the look-up says nothing about the name. */
static struct outcome failure_of_lookup(int code)
{
    int error;
    if (fetch_error_from_lookup(code, &error) != FETCH_NO_HOST)
        return failure_of(error);
    return outcome_fail(&dns_lookup_type, code, "%s", gai_strerror(code));
}

static void on_resolved(struct resolution *resolution, int code,
                        const struct addresses *addresses)
{
    struct connector *connector =
        container_of(resolution, struct connector, resolution);
    connector->addresses = *addresses;
    if (code)
        failed(connector, failure_of_lookup(code));
    else
        try_next(connector, 0);
}

static void on_turn(struct handle *turn)
{
    struct connector *connector = container_of(turn, struct connector, turn);
    struct addresses *addresses = &connector->addresses;
    addresses->count =
        address_from_literal(&addresses->list[0], connector->endpoint.host,
                             connector->endpoint.port);
    connector->tried = 0;
    connector->given_up = 0;
    int error = 0;
    if (addresses->count == 0)
        error = resolver_start(connector->reactor->calls.offloader,
                               &connector->endpoint, &connector->resolution);
    if (error)
        failed(connector, failure_of(error));
    else if (addresses->count > 0)
        try_next(connector, 0);
}
HANDLE_NAME(on_turn, "a connector, at its beginning", NULL);
WAIT_SHAPE_BY(on_turn, "", struct connector, turn,
              WAIT_PART(WAIT_WATCH, struct connector, stream.watch),
              WAIT_PART(WAIT_ON, struct connector, resolution.query),
              WAIT_PART(WAIT_TIMER, struct connector, turn),
              WAIT_PART(WAIT_TIMER, struct connector, deadline),
              WAIT_PART(WAIT_TIMER, struct connector, share));

/* Stops whatever it waits for: its first turn, the look-up or the peer. */
static void give_up(struct connector *connector, int error)
{
    struct loop *loop = connector->reactor->loop;
    connector->given_up = error;
    bool waits =
        connector->turn.state != HANDLE_IDLE || connector->resolution.query;
    loop_cancel(loop, &connector->turn);
    resolver_cancel(&connector->resolution);
    if (waits)
        failed(connector, failure_of(error));
    else
        transport_abort(&connector->stream.transport, error);
}

static void on_deadline(struct handle *deadline)
{
    give_up(container_of(deadline, struct connector, deadline), -ETIMEDOUT);
}
HANDLE_NAME(on_deadline, "the time that a connector has", NULL);

/* ---- from outside ---- */

void connector_connect(struct connector *connector)
{
    struct loop *loop = connector->reactor->loop;
    struct client_factory *factory = connector->factory;
    REQUIRE(connector->state == CONNECTOR_DISCONNECTED,
            "connector_connect: it is disconnected");
    connector->state = CONNECTOR_CONNECTING;
    use_factory(connector);
    loop_call_soon(loop, &connector->turn);
    if (connector->timeout != NEVER)
        loop_call_at(loop, &connector->deadline,
                     nanos_after(loop_time(loop), connector->timeout));
    if (factory->ops->started_connecting)
        factory->ops->started_connecting(factory, connector);
}

int connect_tcp(struct reactor *reactor, const char *host, uint16_t port,
                struct client_factory *factory, nanos timeout,
                struct connector **connector)
{
    struct connector *made = calloc(1, sizeof *made);
    char *copy = strdup(host);
    if (!made || !copy) {
        free(made);
        free(copy);
        return -ENOMEM;
    }
    made->reactor = reactor;
    made->factory = factory;
    made->endpoint = (struct endpoint){.host = copy, .port = port};
    made->timeout = timeout;
    made->turn.run = on_turn;
    made->deadline.run = on_deadline;
    made->share.run = on_share;
    made->resolution.resolved = on_resolved;
    made->inner.ops = &inner_ops;
    if (connector)
        *connector = made;
    connector_connect(made);
    return 0;
}

int connector_stop(struct connector *connector)
{
    if (connector->state != CONNECTOR_CONNECTING)
        return -ENOTCONN;
    give_up(connector, -ECANCELED);
    return 0;
}

int connector_disconnect(struct connector *connector)
{
    if (connector->state != CONNECTOR_CONNECTED)
        return connector_stop(connector);
    transport_close(&connector->stream.transport);
    return 0;
}

enum connector_state connector_state(const struct connector *connector)
{
    return connector->state;
}
