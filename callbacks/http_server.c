/* SPDX-License-Identifier: MIT */
#include "callbacks/http_server.h"

#include "base/contract.h"
#include "callbacks/http_connection_internal.h"

#include <errno.h>

static const struct message_limits default_limits = {
    .line = 8 * 1024 + 256,
    .head = 16 * 1024,
    .body = 1024 * 1024,
};

static const nanos IDLE_TIMEOUT = 60 * NANOS_PER_SECOND;
static const nanos OTHER_TIMEOUTS = 20 * NANOS_PER_SECOND;

static void set_nanos(nanos *value, nanos when_zero)
{
    if (*value <= 0)
        *value = when_zero;
}

static void set_defaults(struct http_server *server)
{
    struct message_limits *limits = &server->limits;
    if (!limits->line)
        limits->line = default_limits.line;
    if (!limits->head)
        limits->head = default_limits.head;
    if (!limits->body)
        limits->body = default_limits.body;
    set_nanos(&server->idle_timeout, IDLE_TIMEOUT);
    set_nanos(&server->request_timeout, OTHER_TIMEOUTS);
    set_nanos(&server->send_timeout, OTHER_TIMEOUTS);
}

static struct stream_transport *on_accepted(struct stream_server *listener,
                                            int fd)
{
    struct http_connection *connection = http_connection_new(
        container_of(listener, struct http_server, listener), fd);
    return connection ? &connection->stream : NULL;
}

int http_server_listen(struct http_server *server, struct transports *shared,
                       const struct address *address)
{
    REQUIRE(server->handle_request,
            "http_server_listen: there is a handle_request");
    set_defaults(server);
    server->connections = NULL;
    server->closing = false;
    server->listener.accepted = on_accepted;
    return stream_server_listen(&server->listener, shared, address);
}

void http_server_close(struct http_server *server)
{
    server->closing = true;
    stream_server_close(&server->listener);
    for (struct http_connection *c = server->connections; c; c = c->next)
        http_connection_close(c);
}

void http_server_abort(struct http_server *server)
{
    server->closing = true;
    stream_server_close(&server->listener);
    for (struct http_connection *c = server->connections; c; c = c->next)
        http_connection_abort(c, 0);
}
