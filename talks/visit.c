/* SPDX-License-Identifier: MIT */
#include "talks/visit.h"

#include "base/output.h"
#include "http/message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { VISITORS = 4, PIECES_MAX = 4, PIECE_SECONDS = 4, PATIENCE = 30 };

struct visits;

/* Sends its pieces, one every PIECE_SECONDS, and reads until the server closes.
 */
struct visitor {
    const char *name;
    int second; /* when it comes */
    const char *pieces[PIECES_MAX];

    struct visits *visits;
    struct protocol protocol;
    struct stream_transport stream;
    struct handle turn; /* it comes, sends its next piece, or hangs up */
    int next_piece;
    struct buffer heard;
};

struct visits {
    struct talk *talk;
    struct stream_server *listener;
    int left;
};

#define ASK "GET / HTTP/1.1\r\nHost: talk\r\nConnection: close\r\n\r\n"
#define ASK_FOR_ANOTHER "GET /x HTTP/1.0\r\n\r\n"

static const struct visitor visitors[VISITORS] = {
    {.name = "the dawdler",
     .pieces = {"GET / HT", "TP/1.1\r\nHo", "st: talk\r\n",
                "Connection: close\r\n\r\n"}},
    {.name = "the quick one", .second = 5, .pieces = {ASK}},
    {.name = "the lost one", .second = 6, .pieces = {ASK_FOR_ANOTHER}},
    {.name = "the one that falls asleep", .pieces = {"GET"}},
};

/* ---- what a visitor does ---- */

static void hang_up(struct handle *handle)
{
    struct visitor *visitor = container_of(handle, struct visitor, turn);
    transport_close(&visitor->stream.transport);
}

static void send_piece(struct handle *handle)
{
    struct visitor *visitor = container_of(handle, struct visitor, turn);
    struct loop *loop = visitor->visits->talk->loop;
    const char *piece = visitor->pieces[visitor->next_piece++];
    bool last = visitor->next_piece == PIECES_MAX ||
                !visitor->pieces[visitor->next_piece];
    transport_write(&visitor->stream.transport, slice_of(piece));
    handle->run = last ? hang_up : send_piece;
    loop_call_at(loop, handle,
                 loop_time(loop) +
                     (last ? PATIENCE : PIECE_SECONDS) * NANOS_PER_SECOND);
}

static void on_made(struct protocol *protocol, struct transport *transport)
{
    struct visitor *visitor = container_of(protocol, struct visitor, protocol);
    (void)transport;
    send_piece(&visitor->turn);
}

static void on_data(struct protocol *protocol, struct slice data)
{
    struct visitor *visitor = container_of(protocol, struct visitor, protocol);
    if (buffer_append(&visitor->heard, data.data, data.size))
        transport_abort(&visitor->stream.transport, -ENOMEM);
}

/* Its status, and the first line of its body. */
static void tell(const struct visitor *visitor)
{
    const struct message_limits limits = {
        MESSAGE_LINE_DEFAULT, MESSAGE_HEAD_DEFAULT, MESSAGE_BODY_DEFAULT};
    struct message answer;
    struct buffer body = {0};
    char line[160];
    message_init(&answer, MESSAGE_RESPONSE, &limits);
    message_reset(&answer, false, &body);
    message_feed(&answer, visitor->heard.data, visitor->heard.size);
    if (visitor->heard.size)
        snprintf(line, sizeof line, "%s: %d %.*s", visitor->name, answer.status,
                 (int)strcspn(body.size ? body.data : "", "\n"), body.data);
    else
        snprintf(line, sizeof line, "%s: no answer", visitor->name);
    talk_say(visitor->visits->talk, line);
    message_deinit(&answer);
    buffer_deinit(&body);
}

static void on_lost(struct protocol *protocol, int error)
{
    struct visitor *visitor = container_of(protocol, struct visitor, protocol);
    struct visits *visits = visitor->visits;
    (void)error;
    loop_cancel(visits->talk->loop, &visitor->turn);
    tell(visitor);
    buffer_deinit(&visitor->heard);
    if (--visits->left == 0)
        loop_stop(visits->talk->loop);
}

/* ---- coming ---- */

static const struct protocol_ops ops = {
    .connection_made = on_made,
    .data_received = on_data,
    .connection_lost = on_lost,
};

/* By a pair of sockets and not over the network, which may take its time: a
 * virtual clock would not wait for it. */
static void come(struct handle *handle)
{
    struct visitor *visitor = container_of(handle, struct visitor, turn);
    struct stream_server *listener = visitor->visits->listener;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                   pair)) {
        loop_stop(visitor->visits->talk->loop);
        return;
    }
    listener->accepted(listener, pair[0]);
    stream_adopt(&visitor->stream, listener->shared, pair[1],
                 &visitor->protocol);
}

static int visit(struct talk *talk, struct stream_server *listener)
{
    struct visitor all[VISITORS];
    struct visits visits = {talk, listener, VISITORS};
    nanos begin = loop_time(talk->loop);
    for (int i = 0; i < VISITORS; i++) {
        all[i] = visitors[i];
        all[i].visits = &visits;
        all[i].protocol.ops = &ops;
        all[i].turn.run = come;
        loop_call_at(talk->loop, &all[i].turn,
                     begin + all[i].second * NANOS_PER_SECOND);
    }
    return loop_run(talk->loop);
}

/* ---- the servers ---- */

static int print_url(const struct stream_server *listener)
{
    struct address address;
    int error = stream_server_address(listener, &address);
    if (!error)
        printf("http://127.0.0.1:%u/\n", ntohs(address.socket.ipv4.sin_port));
    return error ? error : output_flush();
}

static int serve(struct talk *talk, struct stream_server *one,
                 struct stream_server *other)
{
    int error = 0;
    if (talk->stays) {
        error = print_url(one);
        if (!error)
            error = print_url(other);
        return error ? error : loop_run(talk->loop);
    }
    talk_say(talk, "to the server in callbacks:");
    error = visit(talk, one);
    talk_say(talk, "to the server with Tasks:");
    return error ? error : visit(talk, other);
}

int talk_visit(struct talk *talk, struct http_server *in_callbacks,
               struct page_server *with_tasks)
{
    struct transports shared;
    struct streams streams;
    struct address here;
    address_from_literal(&here, "127.0.0.1", 0);
    int error = transports_init(&shared, talk->loop);
    streams_init(&streams, &shared);
    if (!error)
        error = http_server_listen(in_callbacks, &shared, &here);
    if (!error)
        error = page_server_start(with_tasks, &streams, &here);
    if (!error)
        error =
            serve(talk, &in_callbacks->listener, &with_tasks->tasks.listener);
    http_server_close(in_callbacks);
    page_server_close(with_tasks);
    streams_deinit(&streams);
    transports_deinit(&shared);
    return error;
}
