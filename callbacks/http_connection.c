/* SPDX-License-Identifier: MIT */
#include "callbacks/http_connection_internal.h"

#include "callbacks/handle_name.h"

#include <errno.h>
#include <stdlib.h>

/* How many bytes of an answer the transport is given at once. */
enum { SEND_PIECE = 64 * 1024 };

/* How long a client may go on sending bytes that are dropped. */
static const nanos DRAIN_TIME = NANOS_PER_SECOND;

static void on_deadline(struct handle *handle);
static void on_next_turn(struct handle *handle);

static struct http_connection *connection_of(struct protocol *protocol)
{
    return container_of(protocol, struct http_connection, protocol);
}

static struct loop *loop_of(const struct http_connection *connection)
{
    return connection->stream.shared->loop;
}

/* ---- time ---- */

static void set_deadline(struct http_connection *connection, nanos span)
{
    struct loop *loop = loop_of(connection);
    connection->timer.run = on_deadline;
    loop_call_at(loop, &connection->timer, nanos_after(loop_time(loop), span));
}

static void set_no_deadline(struct http_connection *connection)
{
    loop_cancel(loop_of(connection), &connection->timer);
}

static void go_on_in_next_turn(struct http_connection *connection)
{
    connection->timer.run = on_next_turn;
    loop_call_soon(loop_of(connection), &connection->timer);
}

/* ---- the end ---- */

/* The transport sends what it has. The deadline ends a connection whose client
 * does not read. */
static void close_in_order(struct http_connection *connection)
{
    buffer_deinit(&connection->pending);
    connection->state = HTTP_CLOSES;
    set_deadline(connection, connection->server->send_timeout);
    transport_close(connection->transport);
}

/* The time for draining starts when all is sent: until then the client may be
 * slow. */
static void set_drain_deadline(struct http_connection *connection)
{
    set_deadline(connection, connection->paused
                                 ? connection->server->send_timeout
                                 : DRAIN_TIME);
}

/* The client may still be sending: see response_then. */
static void drain_connection(struct http_connection *connection)
{
    buffer_deinit(&connection->pending);
    connection->state = HTTP_DRAINS;
    transport_write_eof(connection->transport);
    transport_resume_reading(connection->transport);
    /* From now on the transport pauses us while it keeps anything, so `paused`
     * says whether all is sent. */
    stream_set_limits(&connection->stream, 0, 0);
    set_drain_deadline(connection);
}

void http_connection_abort(struct http_connection *connection, int error)
{
    connection->state = HTTP_CLOSES;
    set_no_deadline(connection);
    transport_abort(connection->transport, error);
}

void http_connection_close(struct http_connection *connection)
{
    /* Connections that are busy look at server->closing when they have
     * answered. */
    if (connection->state == HTTP_WAITS && !connection->pending.size)
        close_in_order(connection);
}

/* ---- the answer goes out ---- */

static void connection_finish(struct http_connection *connection)
{
    enum response_sequel then = response_then(&connection->request->response);
    http_request_free(connection->request);
    connection->request = NULL;
    if (then == RESPONSE_THEN_NEXT && !connection->server->closing) {
        connection->state = HTTP_WAITS;
        set_deadline(connection, connection->server->idle_timeout);
        /* Bytes that have come already wait for the next turn: this is a call
         * that the application makes, which must not be handed its next request
         * in the middle of it. */
        if (!connection->taking &&
            (connection->pending.size || connection->ended))
            go_on_in_next_turn(connection);
    } else if (then == RESPONSE_THEN_DRAIN || connection->pending.size) {
        drain_connection(connection);
    } else {
        close_in_order(connection);
    }
}

/* The transport copies what it cannot send, so it gets no more than it wants;
 * the rest stays in the response. */
static void flush(struct http_connection *connection)
{
    struct response *response = &connection->request->response;
    const struct slice no_piece = {NULL, 0};
    struct slice parts[RESPONSE_PARTS];
    while (!connection->paused &&
           response_output(response, no_piece, parts) > 0) {
        struct slice out = parts[0];
        if (out.size > SEND_PIECE)
            out.size = SEND_PIECE;
        transport_write(connection->transport, out);
        response_sent(response, out.size);
    }
}

void http_connection_send(struct http_connection *connection)
{
    flush(connection);
    if (response_is_done(&connection->request->response))
        connection_finish(connection);
}

/* ---- requests come in ---- */

static void refuse_request(struct http_connection *connection, int status,
                           const char *sentence)
{
    connection->state = HTTP_ANSWERS;
    set_no_deadline(connection);
    http_request_refuse(connection->request, status, sentence);
}

static void refuse_bytes(struct http_connection *connection)
{
    const struct server_request *reading = &connection->request->reading;
    refuse_request(connection, reading->refusal,
                   message_error_sentence(reading->message.error));
}

static void hand_over(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    struct http_request *request = connection->request;
    const struct message *message = &request->reading.message;
    connection->state = HTTP_ANSWERS;
    set_no_deadline(connection);
    request->handed_over = true;
    request->method = message_method(message);
    request->target = message_target(message);
    request->headers = &message->headers;
    request->body = buffer_slice(&request->received);
    server->handle_request(server, request);
}

/* A body follows: accepts it, if it is not too large. */
static void accept_body(struct http_connection *connection)
{
    struct http_request *request = connection->request;
    int error = server_request_accept(&request->reading, &request->received,
                                      connection->server->limits.body,
                                      &request->response);
    if (error)
        http_connection_abort(connection, error);
    else if (request->reading.state == SERVER_REQUEST_IS_REFUSED)
        refuse_bytes(connection);
    else
        flush(connection); /* perhaps a 100 Continue */
}

static size_t feed_request(struct http_connection *connection, const char *data,
                           size_t size)
{
    struct server_request *reading = &connection->request->reading;
    size_t taken = server_request_feed(reading, data, size);
    switch (reading->state) {
    case SERVER_REQUEST_NEEDS_BYTES:
        break;
    case SERVER_REQUEST_NEEDS_CONSENT:
        accept_body(connection);
        break;
    case SERVER_REQUEST_IS_WHOLE:
        hand_over(connection);
        break;
    case SERVER_REQUEST_IS_REFUSED:
        refuse_bytes(connection);
        break;
    }
    return taken;
}

static bool may_take(const struct http_connection *connection)
{
    return !connection->paused &&
           (connection->state == HTTP_WAITS || connection->state == HTTP_READS);
}

/* The time for a request starts with its first byte, so a client that sends it
 * byte by byte has no more time than others. */
static void begin_request(struct http_connection *connection)
{
    connection->request = http_request_new(connection);
    if (!connection->request) {
        http_connection_abort(connection, -ENOMEM);
        return;
    }
    connection->state = HTTP_READS;
    set_deadline(connection, connection->server->request_timeout);
}

/* Keeps what cannot be taken now, and stops reading until it is taken. */
static void keep_rest(struct http_connection *connection, struct slice rest)
{
    bool dropped = connection->state == HTTP_DRAINS ||
                   connection->state == HTTP_CLOSES || rest.size == 0;
    if (dropped)
        return;
    if (buffer_append(&connection->pending, rest.data, rest.size))
        http_connection_abort(connection, -ENOMEM);
    else
        transport_pause_reading(connection->transport);
}

static void take_bytes(struct http_connection *connection, const char *data,
                       size_t size)
{
    size_t taken = 0;
    connection->taking = true;
    while (taken < size && may_take(connection)) {
        if (connection->state == HTTP_WAITS)
            begin_request(connection);
        if (connection->state == HTTP_READS)
            taken += feed_request(connection, data + taken, size - taken);
    }
    connection->taking = false;
    keep_rest(connection, slice_behind((struct slice){data, size}, taken));
    /* The client has ended its side, so no other request can come whole. */
    if (connection->ended && !connection->pending.size && may_take(connection))
        close_in_order(connection);
}

/* ---- what the loop calls ---- */

static void on_next_turn(struct handle *handle)
{
    struct http_connection *connection =
        container_of(handle, struct http_connection, timer);
    struct buffer pending = connection->pending;
    connection->pending = (struct buffer){0};
    set_deadline(connection, connection->state == HTTP_READS
                                 ? connection->server->request_timeout
                                 : connection->server->idle_timeout);
    transport_resume_reading(connection->transport);
    take_bytes(connection, pending.data, pending.size);
    buffer_deinit(&pending);
}

static void on_deadline(struct handle *handle)
{
    struct http_connection *connection =
        container_of(handle, struct http_connection, timer);
    switch (connection->state) {
    case HTTP_WAITS:
        close_in_order(connection);
        break;
    case HTTP_READS:
        refuse_request(connection, 408, "The request took too long to come");
        break;
    case HTTP_ANSWERS:
    case HTTP_CLOSES:
        http_connection_abort(connection, -ETIMEDOUT);
        break;
    case HTTP_DRAINS:
        http_connection_abort(connection, 0);
        break;
    }
}

static void describe_connection(const struct handle *handle, FILE *out)
{
    static const char *const states[] = {
        [HTTP_WAITS] = "waits for a request",
        [HTTP_READS] = "reads a request",
        [HTTP_ANSWERS] = "answers",
        [HTTP_DRAINS] = "has answered and closed, and drains",
        [HTTP_CLOSES] = "closes",
    };
    const struct http_connection *connection =
        container_of(handle, struct http_connection, timer);
    fprintf(out, "fd %d %s", connection->stream.watch.fd,
            states[connection->state]);
}
HANDLE_NAME(on_next_turn, "the next request of a connection",
            describe_connection);
HANDLE_NAME(on_deadline, "the deadline of an HTTP connection",
            describe_connection);

/* ---- what the transport calls ---- */

static void on_made(struct protocol *protocol, struct transport *transport)
{
    (void)protocol, (void)transport; /* its deadline was set when it was
                                      * accepted */
}

static void on_data(struct protocol *protocol, struct slice data)
{
    struct http_connection *connection = connection_of(protocol);
    if (connection->pending.size)
        keep_rest(connection, data);
    else
        take_bytes(connection, data.data, data.size);
}

/* Some clients close their side behind the request, and read on. */
static bool on_eof(struct protocol *protocol)
{
    struct http_connection *connection = connection_of(protocol);
    connection->ended = true;
    return connection->state == HTTP_ANSWERS || connection->pending.size;
}

static void on_pause(struct protocol *protocol)
{
    struct http_connection *connection = connection_of(protocol);
    connection->paused = true;
    if (connection->state == HTTP_ANSWERS)
        set_deadline(connection, connection->server->send_timeout);
}

static void go_on_answering(struct http_connection *connection)
{
    struct http_request *request = connection->request;
    set_no_deadline(connection);
    http_connection_send(connection);
    bool wants_more = connection->request == request && !connection->paused &&
                      request->response.state == RESPONSE_IN_BODY;
    if (wants_more && request->resume)
        request->resume(request);
}

static void on_resume(struct protocol *protocol)
{
    struct http_connection *connection = connection_of(protocol);
    connection->paused = false;
    if (may_take(connection) && connection->pending.size)
        go_on_in_next_turn(connection);
    else if (connection->state == HTTP_ANSWERS)
        go_on_answering(connection);
    else if (connection->state == HTTP_DRAINS)
        set_drain_deadline(connection);
}

static void unlink_connection(struct http_connection *connection)
{
    if (connection->next)
        connection->next->previous = connection->previous;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        connection->server->connections = connection->next;
}

/* A request that the application has not ended yet stays until it is ended. */
static void leave_request(struct http_connection *connection)
{
    struct http_request *request = connection->request;
    if (!request)
        return;
    request->connection = NULL;
    if (!request->handed_over)
        http_request_free(request);
    else if (request->lost)
        request->lost(request);
}

static void on_lost(struct protocol *protocol, int error)
{
    struct http_connection *connection = connection_of(protocol);
    (void)error; /* the client is gone: nothing more can be told to it */
    set_no_deadline(connection);
    unlink_connection(connection);
    leave_request(connection);
    buffer_deinit(&connection->pending);
    free(connection->tls);
    free(connection);
}

/* ---- beginning ---- */

static const struct protocol_ops ops = {
    .connection_made = on_made,
    .data_received = on_data,
    .eof_received = on_eof,
    .connection_lost = on_lost,
    .pause_writing = on_pause,
    .resume_writing = on_resume,
};

/* 0 or a negative errno. */
static int add_tls(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    connection->tls = malloc(sizeof *connection->tls);
    if (!connection->tls)
        return -ENOMEM;
    connection->transport = &connection->tls->transport;
    return tls_transport_accept(connection->tls, server->listener.shared,
                                server->tls, &connection->protocol);
}

static void link_connection(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
}

/* Its first deadline covers the handshake of TLS as well. */
struct http_connection *http_connection_new(struct http_server *server, int fd)
{
    struct http_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->protocol.ops = &ops;
    connection->server = server;
    connection->transport = &connection->stream.transport;
    if (server->tls && add_tls(connection)) {
        free(connection->tls);
        free(connection);
        return NULL;
    }
    stream_adopt(&connection->stream, server->listener.shared, fd,
                 connection->tls ? &connection->tls->wire_side
                                 : &connection->protocol);
    link_connection(connection);
    set_deadline(connection, server->idle_timeout);
    return connection;
}
