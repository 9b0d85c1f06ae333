/* SPDX-License-Identifier: MIT */
#include "callbacks/stream_transport.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "callbacks/stream_server.h"
#include "callbacks/wait_shape.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <unistd.h>

static void watch_what_is_wanted(struct stream_transport *stream);

static struct stream_transport *stream_of(struct transport *transport)
{
    return container_of(transport, struct stream_transport, transport);
}

static size_t bytes_kept(const struct stream_transport *stream)
{
    return stream->unsent.size - stream->sent;
}

/* ---- the end ---- */

void stream_deinit(struct stream_transport *stream)
{
    if (stream->watch.fd < 0)
        return;
    loop_watch(stream->shared->loop, &stream->watch, 0);
    loop_cancel(stream->shared->loop, &stream->turn);
    close(stream->watch.fd);
    stream->watch.fd = -1;
    buffer_deinit(&stream->unsent);
    if (stream->server)
        stream_server_ended(stream->server);
}

/* Nothing is touched after this call: the protocol may give its storage back in
 * it, and with the last connection the server's, too. */
static void on_lost(struct handle *handle)
{
    struct stream_transport *stream =
        container_of(handle, struct stream_transport, turn);
    struct protocol *protocol = stream->transport.protocol;
    stream_deinit(stream);
    protocol->ops->connection_lost(protocol, stream->error);
}
HANDLE_NAME(on_lost, "connection_lost of a stream", NULL);
WAIT_SHAPE_BY(on_lost, "a stream", struct stream_transport, turn,
              WAIT_PART(WAIT_TELLS, struct stream_transport,
                        transport.protocol));

/* Nothing goes in or out any more. The protocol is told a turn later, because
 * this may be inside one of its own calls (TP4). */
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
    if (bytes_kept(stream) == 0 || stream->connecting)
        lose(stream, 0);
    else
        watch_what_is_wanted(stream);
}

/* ---- writing ---- */

void stream_set_limits(struct stream_transport *stream, size_t high, size_t low)
{
    REQUIRE(low <= high, "stream_set_limits: low is at most high");
    stream->marks.high = high;
    stream->marks.low = low;
    transport_water_rises(&stream->transport, &stream->marks,
                          bytes_kept(stream));
}

static void keep_rest(struct stream_transport *stream, struct slice rest)
{
    if (buffer_append(&stream->unsent, rest.data, rest.size)) {
        lose(stream, -ENOMEM);
        return;
    }
    watch_what_is_wanted(stream);
    transport_water_rises(&stream->transport, &stream->marks,
                          bytes_kept(stream));
}

/* Kept bytes go first, so new ones may be sent at once only if none are
 * kept. */
static void stream_write(struct transport *transport, struct slice bytes)
{
    struct stream_transport *stream = stream_of(transport);
    ssize_t count = -EAGAIN;
    REQUIRE(!stream->eof_written,
            "transport_write: not after transport_write_eof");
    REQUIRE(stream->channel->send,
            "transport_write: not to the end of a pipe that is read from");
    if (stream->closing || bytes.size == 0)
        return;
    if (bytes_kept(stream) == 0 && !stream->connecting)
        count = stream->channel->send(stream->watch.fd, bytes);
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
    if (stream->eof_written && bytes_kept(stream) == 0 && !stream->connecting)
        stream->channel->end_writing(stream->watch.fd);
}

static void stream_write_eof(struct transport *transport)
{
    struct stream_transport *stream = stream_of(transport);
    if (stream->eof_written || stream->closing)
        return;
    if (!stream->channel->end_writing) {
        stream_close(transport);
        return;
    }
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
    struct slice rest = {stream->unsent.data + stream->sent,
                         bytes_kept(stream)};
    ssize_t count = stream->channel->send(stream->watch.fd, rest);
    if (count < 0 && count != -EAGAIN) {
        lose(stream, (int)count);
        return;
    }
    if (count > 0)
        stream->sent += (size_t)count;
    if (bytes_kept(stream) == 0)
        on_all_sent(stream);
    transport_water_falls(&stream->transport, &stream->marks,
                          bytes_kept(stream));
}

/* ---- reading ---- */

static void stream_read(struct transport *transport, bool on)
{
    struct stream_transport *stream = stream_of(transport);
    if (stream->closing || stream->eof_seen || !stream->channel->receive)
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

/* On an end that is only written to, "readable" means that the reader has
 * gone. */
static void read_some(struct stream_transport *stream)
{
    struct protocol *protocol = stream->transport.protocol;
    struct transports *shared = stream->shared;
    if (!stream->channel->receive) {
        lose(stream, bytes_kept(stream) ? -EPIPE : 0);
        return;
    }
    ssize_t count = stream->channel->receive(stream->watch.fd, shared->scratch,
                                             shared->scratch_size);
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
                      (bytes_kept(stream) ? SELECT_WRITE : 0u);
    if (stream->over || stream->connecting || wanted == stream->watch.interest)
        return;
    int error = loop_watch(stream->shared->loop, &stream->watch, wanted);
    if (error)
        lose(stream, error);
}

/* Reads before it writes: when a peer answers early and closes, the rest of a
 * large write fails, and its answer would be lost with that. Writes even
 * without an event for it: a peer that has answered has probably made room. */
static void on_ready(struct handle *handle)
{
    struct stream_transport *stream =
        container_of(handle, struct stream_transport, watch.handle);
    if (stream->watch.ready & SELECT_READ && stream->reading)
        read_some(stream);
    if (bytes_kept(stream) && !stream->over)
        write_kept(stream);
    watch_what_is_wanted(stream);
}
HANDLE_NAME(on_ready, "a stream", NULL);
WAIT_SHAPE_BY(on_ready, "a stream", struct stream_transport, watch.handle,
              WAIT_PART(WAIT_TELLS, struct stream_transport,
                        transport.protocol));

/* The protocol may write, close or pause reading in connection_made. Reading
 * begins only then (TP1). */
static void stream_begin(struct stream_transport *stream)
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
        stream_begin(stream);
}
HANDLE_NAME(on_connected, "a stream that connects", NULL);
WAIT_SHAPE_BY(on_connected, "a stream", struct stream_transport, watch.handle,
              WAIT_PART(WAIT_TELLS, struct stream_transport,
                        transport.protocol));

static void on_adopted(struct handle *handle)
{
    stream_begin(container_of(handle, struct stream_transport, turn));
}
HANDLE_NAME(on_adopted, "connection_made of a stream", NULL);
WAIT_SHAPE_BY(on_adopted, "a stream", struct stream_transport, turn,
              WAIT_PART(WAIT_TELLS, struct stream_transport,
                        transport.protocol));

/* ---- beginning ---- */

static bool socket_is_closing(const struct transport *transport)
{
    return container_of(transport, struct stream_transport, transport)->closing;
}

static const struct transport_ops stream_ops = {
    .write = stream_write,
    .write_eof = stream_write_eof,
    .close = stream_close,
    .abort = stream_abort,
    .read = stream_read,
    .is_closing = socket_is_closing,
};
WAIT_SHAPE(stream_ops, "", struct stream_transport, transport,
           WAIT_PART(WAIT_WATCH, struct stream_transport, watch),
           WAIT_PART(WAIT_TIMER, struct stream_transport, turn));

static void end_writing(int fd)
{
    shutdown(fd, SHUT_WR);
}

static const struct stream_channel socket_channel = {
    .send = socket_send,
    .receive = socket_receive,
    .end_writing = end_writing,
};

static void stream_init(struct stream_transport *stream,
                        struct transports *shared, int fd,
                        const struct stream_channel *channel,
                        struct protocol *protocol)
{
    *stream = (struct stream_transport){
        .transport = {&stream_ops, protocol},
        .channel = channel,
        .shared = shared,
        .watch = {.handle.run = on_connected, .fd = fd},
        .turn.run = on_adopted,
        .marks = {HIGH_WATER, LOW_WATER, false},
        .connecting = true,
        .reading = true,
    };
}

int stream_begin_connect(struct stream_transport *stream,
                         struct transports *shared, int fd,
                         struct protocol *protocol)
{
    if (fd < 0)
        return fd;
    stream_init(stream, shared, fd, &socket_channel, protocol);
    int error = loop_watch(shared->loop, &stream->watch, SELECT_WRITE);
    if (error)
        close(fd);
    return error;
}

int stream_connect(struct stream_transport *stream, struct transports *shared,
                   const struct address *address, struct protocol *protocol)
{
    return stream_begin_connect(stream, shared, socket_start_connect(address),
                                protocol);
}

void stream_adopt_channel(struct stream_transport *stream,
                          struct transports *shared, int fd,
                          const struct stream_channel *channel,
                          struct protocol *protocol)
{
    REQUIRE(fd >= 0, "stream_adopt: fd is a connected socket");
    stream_init(stream, shared, fd, channel, protocol);
    loop_call_soon(shared->loop, &stream->turn);
}

void stream_adopt(struct stream_transport *stream, struct transports *shared,
                  int fd, struct protocol *protocol)
{
    stream_adopt_channel(stream, shared, fd, &socket_channel, protocol);
}
