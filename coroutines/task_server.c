/* SPDX-License-Identifier: MIT */
#include "coroutines/task_server.h"

#include "callbacks/handle_name.h"
#include "callbacks/unhandled.h"
#include "callbacks/unix_stream.h"
#include "coroutines/stream_connection_internal.h"
#include "coroutines/task.h"

/* A connection and its Task. */
struct served {
    struct stream_connection connection; /* first */
    struct task_server *server;
    struct task *task; /* NULL: it has not begun, or is over */
    struct handle done;
};

static struct served *served_of(struct stream *stream)
{
    return container_of(stream_connection_of(stream), struct served,
                        connection);
}

static void served_free(struct served *served)
{
    served->server->served--;
    stream_connection_free(&served->connection);
}

/* ---- the Task ---- */

static void report_failure(struct future *future)
{
    const struct outcome *outcome;
    if (future_result(future, &outcome) == 0 && !future_cancelled(future))
        unhandled_report("Unhandled exception in client_connected", outcome);
}

static void on_done(struct handle *handle)
{
    struct served *served = container_of(handle, struct served, done);
    struct task *task = served->task;
    served->task = NULL;
    report_failure(task_future(task));
    task_unref(task);
    if (served->connection.stream.over)
        served_free(served);
    else
        stream_drop(&served->connection.stream); /* server_told() frees it */
}
HANDLE_NAME(on_done, "a Task of a server, which is over", NULL);

/* The outcome of a Task that is ended in this way is not needed. */
static void end_task(struct served *served)
{
    struct task *task = served->task;
    const struct outcome *outcome;
    if (!task)
        return;
    served->task = NULL;
    future_remove_done_callback(task_future(task), &served->done);
    task_close(task);
    future_result(task_future(task), &outcome);
    task_unref(task);
}

static void cut_member(struct streams_member *member)
{
    struct served *served =
        container_of(member, struct served, connection.member);
    end_task(served);
    served->server->served--;
    stream_connection_cut(member);
}

static void begin_serving(struct served *served)
{
    struct stream *stream = &served->connection.stream;
    struct loop *loop = stream_loop(stream);
    struct generator *body =
        served->server->client_connected(served->server, stream);
    if (body)
        served->task = task_new(loop, body);
    if (served->task) {
        future_add_done_callback(task_future(served->task), &served->done);
    } else {
        stream_abort(stream);
        stream_drop(stream);
    }
}

/* ---- the connection ---- */

/* Called when it is connected, and when it is over: perhaps without ever having
 * been connected, as when TLS has refused. */
static void server_told(struct stream *stream)
{
    struct served *served = served_of(stream);
    if (!stream->over)
        begin_serving(served);
    else if (served->connection.dropped || !stream->transport)
        served_free(served);
}

static struct stream_transport *on_accepted(struct stream_server *listener,
                                            int fd)
{
    struct task_server *server =
        container_of(listener, struct task_server, listener);
    struct served *served = stream_connection_new(
        server->streams, sizeof(struct served), server_told);
    if (!served)
        return NULL;
    struct stream_connection *connection = &served->connection;
    served->server = server;
    served->done.run = on_done;
    connection->member.cut = cut_member;
    if (server->tls &&
        stream_connection_add_tls(connection, server->tls, NULL)) {
        stream_connection_free(connection);
        return NULL;
    }
    server->served++;
    stream_adopt(&connection->socket, listener->shared, fd,
                 stream_connection_protocol(connection));
    return &connection->socket;
}

/* ---- the server ---- */

static void prepare_streams(struct task_server *server, struct streams *streams)
{
    server->streams = streams;
    server->listener.accepted = on_accepted;
}

int start_server(struct task_server *server, struct streams *streams,
                 const struct address *address)
{
    prepare_streams(server, streams);
    return stream_server_listen(&server->listener, streams->transports,
                                address);
}

int start_unix_server(struct task_server *server, struct streams *streams,
                      const char *path)
{
    prepare_streams(server, streams);
    return unix_server_listen(&server->listener, streams->transports, path);
}

void task_server_close(struct task_server *server)
{
    stream_server_close(&server->listener);
}
