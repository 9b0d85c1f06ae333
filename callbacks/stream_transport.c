/* SPDX-License-Identifier: MIT */
#include "callbacks/stream_transport.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "callbacks/stream_server.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <unistd.h>

enum { HIGH_WATER = 64 * 1024 };

static void watch_what_is_wanted(struct stream_transport *stream);

static struct stream_transport *stream_of(struct transport *transport)
{
    return container_of(transport, struct stream_transport, transport);
}

static size_t kept(const struct stream_transport *stream)
{
    return stream->unsent.size - stream->sent;
}

/* ---- the end ---- */

/* The last call: the protocol may give the storage back in it, and the
 * server's with the last connection. */
static void on_lost(struct handle *handle)
{
    struct stream_transport *stream =
        container_of(handle, struct stream_transport, turn);
    struct protocol *protocol = stream->transport.protocol;
    struct stream_server *server = stream->server;
    close(stream->watch.fd);
    stream->watch.fd = -1;
    buffer_deinit(&stream->unsent);
    if (server)
        stream_server_ended(server);
    protocol->ops->connection_lost(protocol, stream->error);
}
HANDLE_NAME(on_lost, "connection_lost of a stream", NULL);

/* Nothing goes in or out any more. The protocol is told a turn later, because
 * it may be the one who has called (TP4). */
static void lose(struct stream_transport *stream, int error)
{
    if (stream->over)
        return;
    stream->over = stream->closing = true;
    stream->reading = false;
    stream->error = error;
    stream->turn.run = on_lost;
    loop_watch(stream->shared->loop, &stream->watch, 0);
    loop_call_soon(stream->shared->loop, &stream->turn);
}

static void stream_abort(struct transport *transport, int error)
{
    lose(stream_of(transport), error);
}

static void stream_close(struct transport *transport)
{
    struct stream_transport *stream = stream_of(transport);
    if (stream->closing)
        return;
    stream->closing = true;
    stream->reading = false;
    if (kept(stream) == 0 || stream->connecting)
        lose(stream, 0);
    else
        watch_what_is_wanted(stream);
}

/* ---- writing ---- */

static void ask_to_pause(struct stream_transport *stream)
{
    struct protocol *protocol = stream->transport.protocol;
    if (stream->paused || kept(stream) <= stream->high)
        return;
    stream->paused = true;
    if (protocol->ops->pause_writing)
        protocol->ops->pause_writing(protocol);
}

static void ask_to_resume(struct stream_transport *stream)
{
    struct protocol *protocol = stream->transport.protocol;
    if (!stream->paused || kept(stream) > stream->low)
        return;
    stream->paused = false;
    if (protocol->ops->resume_writing)
        protocol->ops->resume_writing(protocol);
}

void stream_set_limits(struct stream_transport *stream, size_t high, size_t low)
{
    REQUIRE(low <= high, "stream_set_limits: low is at most high");
    stream->high = high;
    stream->low = low;
    ask_to_pause(stream);
}

static void keep_rest(struct stream_transport *stream, struct slice rest)
{
    if (buffer_append(&stream->unsent, rest.data, rest.size)) {
        lose(stream, -ENOMEM);
        return;
    }
    watch_what_is_wanted(stream);
    ask_to_pause(stream);
}

/* What is kept goes first; so only when nothing is may bytes leave at once. */
static void stream_write(struct transport *transport, struct slice bytes)
{
    struct stream_transport *stream = stream_of(transport);
    ssize_t count = -EAGAIN;
    REQUIRE(!stream->eof_written,
            "transport_write: not after transport_write_eof");
    if (stream->closing || bytes.size == 0)
        return;
    if (kept(stream) == 0 && !stream->connecting)
        count = socket_send(stream->watch.fd, bytes);
    if (count < 0 && count != -EAGAIN) {
        lose(stream, (int)count);
        return;
    }
    if (count > 0) {
        bytes.data += count;
        bytes.size -= (size_t)count;
    }
    if (bytes.size > 0)
        keep_rest(stream, bytes);
}

static void half_close(struct stream_transport *stream)
{
    if (stream->eof_written && kept(stream) == 0 && !stream->connecting)
        shutdown(stream->watch.fd, SHUT_WR);
}

static void stream_write_eof(struct transport *transport)
{
    struct stream_transport *stream = stream_of(transport);
    if (stream->eof_written || stream->closing)
        return;
    stream->eof_written = true;
    half_close(stream);
}

static void on_all_sent(struct stream_transport *stream)
{
    buffer_clear(&stream->unsent);
    stream->sent = 0;
    half_close(stream);
    if (stream->closing)
        lose(stream, 0);
}

static void write_kept(struct stream_transport *stream)
{
    struct slice rest = {stream->unsent.data + stream->sent, kept(stream)};
    ssize_t count = socket_send(stream->watch.fd, rest);
    if (count < 0 && count != -EAGAIN) {
        lose(stream, (int)count);
        return;
    }
    if (count > 0)
        stream->sent += (size_t)count;
    if (kept(stream) == 0)
        on_all_sent(stream);
    ask_to_resume(stream);
}

/* ---- reading ---- */

static void stream_read(struct transport *transport, bool on)
{
    struct stream_transport *stream = stream_of(transport);
    if (stream->closing || stream->eof_seen)
        return;
    stream->reading = on;
    watch_what_is_wanted(stream);
}

static void on_eof(struct stream_transport *stream)
{
    struct protocol *protocol = stream->transport.protocol;
    stream->eof_seen = true;
    stream->reading = false;
    if (!protocol->ops->eof_received || !protocol->ops->eof_received(protocol))
        stream_close(&stream->transport);
}

static void read_some(struct stream_transport *stream)
{
    struct protocol *protocol = stream->transport.protocol;
    struct transports *shared = stream->shared;
    ssize_t count =
        socket_receive(stream->watch.fd, shared->scratch, shared->scratch_size);
    struct slice data = {shared->scratch, (size_t)count};
    if (count > 0)
        protocol->ops->data_received(protocol, data);
    else if (count == 0)
        on_eof(stream);
    else if (count != -EAGAIN)
        lose(stream, (int)count);
}

/* ---- what the loop calls ---- */

static void watch_what_is_wanted(struct stream_transport *stream)
{
    unsigned wanted = (stream->reading ? SELECT_READ : 0u) |
                      (kept(stream) ? SELECT_WRITE : 0u);
    if (stream->over || stream->connecting || wanted == stream->watch.interest)
        return;
    int error = loop_watch(stream->shared->loop, &stream->watch, wanted);
    if (error)
        lose(stream, error);
}

/* Read first: a peer that answers early and closes makes the rest of a large
 * write fail, and its answer would be lost with that. */
static void on_ready(struct handle *handle)
{
    struct stream_transport *stream =
        container_of(handle, struct stream_transport, watch.handle);
    unsigned ready = stream->watch.ready;
    if (ready & SELECT_READ && stream->reading)
        read_some(stream);
    if (ready & SELECT_WRITE && kept(stream) && !stream->over)
        write_kept(stream);
    watch_what_is_wanted(stream);
}
HANDLE_NAME(on_ready, "a stream", NULL);

/* The protocol may write, close or pause reading in connection_made. Reading
 * begins only then (TP1). */
static void begin(struct stream_transport *stream)
{
    struct protocol *protocol = stream->transport.protocol;
    stream->connecting = false;
    stream->watch.handle.run = on_ready;
    protocol->ops->connection_made(protocol, &stream->transport);
    half_close(stream);
    watch_what_is_wanted(stream);
}

static void on_connected(struct handle *handle)
{
    struct stream_transport *stream =
        container_of(handle, struct stream_transport, watch.handle);
    int error = socket_connect_result(stream->watch.fd);
    if (error)
        lose(stream, error);
    else
        begin(stream);
}
HANDLE_NAME(on_connected, "a stream that connects", NULL);

static void on_adopted(struct handle *handle)
{
    begin(container_of(handle, struct stream_transport, turn));
}
HANDLE_NAME(on_adopted, "connection_made of a stream", NULL);

/* ---- beginning ---- */

static const struct transport_ops stream_ops = {
    .write = stream_write,
    .write_eof = stream_write_eof,
    .close = stream_close,
    .abort = stream_abort,
    .read = stream_read,
};

static void stream_init(struct stream_transport *stream,
                        struct transports *shared, int fd,
                        struct protocol *protocol)
{
    *stream = (struct stream_transport){
        .transport = {&stream_ops, protocol},
        .shared = shared,
        .watch = {.handle.run = on_connected, .fd = fd},
        .turn.run = on_adopted,
        .high = HIGH_WATER,
        .low = HIGH_WATER / 4,
        .connecting = true,
        .reading = true,
    };
}

int stream_connect(struct stream_transport *stream, struct transports *shared,
                   const struct address *address, struct protocol *protocol)
{
    int fd = socket_start_connect(address);
    if (fd < 0)
        return fd;
    stream_init(stream, shared, fd, protocol);
    int error = loop_watch(shared->loop, &stream->watch, SELECT_WRITE);
    if (error)
        close(fd);
    return error;
}

void stream_adopt(struct stream_transport *stream, struct transports *shared,
                  int fd, struct protocol *protocol)
{
    REQUIRE(fd >= 0, "stream_adopt: fd is a connected socket");
    stream_init(stream, shared, fd, protocol);
    loop_call_soon(shared->loop, &stream->turn);
}
