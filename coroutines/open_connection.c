/* SPDX-License-Identifier: MIT */
#include "coroutines/open_connection.h"

#include "callbacks/moment.h"
#include "callbacks/unix_stream.h"
#include "callbacks/wait_shape.h"
#include "coroutines/stream_connection_internal.h"

#include <errno.h>
#include <unistd.h>

/* A connection attempt as an awaitable. The wait ends inside the call by which
 * the transport reports the connection. It uses the reader's moment, because
 * nothing is read before.
 */
struct opening {
    struct stream_connection connection;
    struct awaitable awaitable;
};

static const struct awaitable_ops opening_ops;

static struct opening *opening_of_wait(const struct awaitable *awaitable)
{
    return container_of(awaitable, struct opening, awaitable);
}

static struct opening *opening_of(struct stream *stream)
{
    return container_of(stream_connection_of(stream), struct opening,
                        connection);
}

/* Called by the stream when it is connected, and when it is over. */
static void opening_told(struct stream *stream)
{
    struct opening *opening = opening_of(stream);
    if (stream->over && opening->connection.dropped)
        stream_connection_free(&opening->connection);
    else
        moment_come(&stream->reader.moment);
}

/* ---- beginning ---- */

static struct opening *opening_new(struct streams *streams)
{
    struct opening *opening =
        stream_connection_new(streams, sizeof(struct opening), opening_told);
    if (!opening)
        return NULL;
    opening->awaitable.ops = &opening_ops;
    return opening;
}

/* Without a transport it counts as over. */
static struct outcome begun(struct opening *opening, int error)
{
    if (!error)
        return outcome_pending(&opening->awaitable);
    if (opening->connection.tls)
        tls_transport_deinit(opening->connection.tls);
    stream_connection_free(&opening->connection);
    return outcome_errno(error);
}

struct outcome open_connection(struct streams *streams,
                               const struct address *address)
{
    struct opening *opening = opening_new(streams);
    if (!opening)
        return outcome_failure(&failure_no_memory);
    struct stream_connection *connection = &opening->connection;
    return begun(opening, stream_connect(
                              &connection->socket, streams->transports, address,
                              stream_connection_protocol(connection)));
}

struct outcome open_tls_connection(struct streams *streams,
                                   const struct address *address,
                                   struct tls_context *context,
                                   const char *host)
{
    struct opening *opening = opening_new(streams);
    if (!opening)
        return outcome_failure(&failure_no_memory);
    struct stream_connection *connection = &opening->connection;
    int error = stream_connection_add_tls(connection, context, host);
    if (!error)
        error = stream_connect(&connection->socket, streams->transports,
                               address, stream_connection_protocol(connection));
    return begun(opening, error);
}

struct outcome open_unix_connection(struct streams *streams, const char *path)
{
    struct opening *opening = opening_new(streams);
    if (!opening)
        return outcome_failure(&failure_no_memory);
    struct stream_connection *connection = &opening->connection;
    return begun(opening, unix_stream_connect(
                              &connection->socket, streams->transports, path,
                              stream_connection_protocol(connection)));
}

struct outcome open_connection_on(struct streams *streams, int fd)
{
    struct opening *opening = opening_new(streams);
    if (!opening) {
        close(fd);
        return outcome_failure(&failure_no_memory);
    }
    struct stream_connection *connection = &opening->connection;
    stream_adopt(&connection->socket, streams->transports, fd,
                 stream_connection_protocol(connection));
    return begun(opening, 0);
}

/* ---- as an awaitable ---- */

static struct awaitable *moment_of(const struct awaitable *awaitable)
{
    return &opening_of_wait(awaitable)
                ->connection.stream.reader.moment.awaitable;
}

static bool opening_is_ready(const struct awaitable *awaitable)
{
    return awaitable_ready(moment_of(awaitable));
}

/* A connection that failed has no other owner. */
static struct outcome opening_take(struct awaitable *awaitable)
{
    struct opening *opening = opening_of_wait(awaitable);
    struct stream *stream = &opening->connection.stream;
    bool cancelled = stream->reader.moment.cancelled;
    if (!cancelled && stream->transport)
        return outcome_value(&stream_kind, stream);
    struct outcome failure =
        cancelled
            ? outcome_failure(&failure_cancelled)
            : outcome_errno(stream->error ? stream->error : -ECONNABORTED);
    stream_drop(stream);
    return failure;
}

static void opening_notify(struct awaitable *awaitable, struct handle *handle)
{
    awaitable_notify(moment_of(awaitable), handle);
}

static void opening_withdraw(struct awaitable *awaitable, struct handle *handle)
{
    awaitable_withdraw(moment_of(awaitable), handle);
}

static bool opening_cancel(struct awaitable *awaitable)
{
    return awaitable_cancel(moment_of(awaitable));
}

static void opening_drop(struct awaitable *awaitable)
{
    stream_drop(&opening_of_wait(awaitable)->connection.stream);
}

static const struct awaitable_ops opening_ops = {
    .name = "open_connection",
    .ready = opening_is_ready,
    .take = opening_take,
    .notify = opening_notify,
    .withdraw = opening_withdraw,
    .cancel = opening_cancel,
    .drop = opening_drop,
};
WAIT_SHAPE(opening_ops, "open_connection", struct opening, awaitable,
           WAIT_PART(WAIT_WATCH, struct opening, connection.socket.watch),
           WAIT_PART(WAIT_TIMER, struct opening, connection.socket.turn));
