/* SPDX-License-Identifier: MIT */
#include "coroutines/stream_connection_internal.h"

#include <errno.h>
#include <stdlib.h>

void *stream_connection_new(struct streams *streams, size_t size,
                            void (*told)(struct stream *stream))
{
    struct stream_connection *connection = calloc(1, size);
    if (!connection)
        return NULL;
    stream_init(&connection->stream, streams->transports->loop, streams->limit);
    connection->stream.told = told;
    connection->socket.watch.fd = -1;
    streams_add(streams, &connection->member, stream_connection_cut);
    return connection;
}

void stream_connection_free(struct stream_connection *connection)
{
    streams_remove(&connection->member);
    stream_dispose(&connection->stream);
    free(connection->tls);
    free(connection);
}

void stream_connection_cut(struct streams_member *member)
{
    struct stream_connection *connection =
        container_of(member, struct stream_connection, member);
    stream_deinit(&connection->socket);
    if (connection->tls)
        tls_transport_deinit(connection->tls);
    stream_connection_free(connection);
}

int stream_connection_add_tls(struct stream_connection *connection,
                              struct tls_context *context, const char *host)
{
    struct transports *shared = connection->member.streams->transports;
    struct protocol *protocol = &connection->stream.protocol;
    struct tls_transport *tls = calloc(1, sizeof *tls);
    if (!tls)
        return -ENOMEM;
    int error =
        host ? tls_transport_connect(tls, shared, context, host, protocol)
             : tls_transport_accept(tls, shared, context, protocol);
    if (error)
        free(tls);
    else
        connection->tls = tls;
    return error;
}

struct protocol *
stream_connection_protocol(struct stream_connection *connection)
{
    return connection->tls ? &connection->tls->wire_side
                           : &connection->stream.protocol;
}

/* ---- its owner's ---- */

static void end_attempt(struct stream_connection *connection)
{
    struct transport *lowest = &connection->socket.transport;
    connection->stream.closing = true;
    if (lowest->ops)
        transport_abort(lowest, 0);
}

/* Before it is connected there is nothing that a close could still send. */
void stream_drop(struct stream *stream)
{
    if (!stream)
        return;
    struct stream_connection *connection = stream_connection_of(stream);
    connection->dropped = true;
    if (stream->over)
        stream_connection_free(connection);
    else if (stream->transport)
        stream_close(stream);
    else
        end_attempt(connection);
}

int stream_fd(const struct stream *stream)
{
    return container_of(stream, struct stream_connection, stream)
        ->socket.watch.fd;
}

static void drop_stream(struct outcome outcome)
{
    stream_drop(outcome.pointer);
}

const struct kind stream_kind = {.name = "stream", .drop = drop_stream};
