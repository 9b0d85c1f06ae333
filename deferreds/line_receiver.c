/* SPDX-License-Identifier: MIT */
#include "deferreds/line_receiver.h"

#include <errno.h>

static struct line_receiver *receiver_of(struct protocol *protocol)
{
    return container_of(protocol, struct line_receiver, protocol);
}

static struct slice rest_of(const struct line_receiver *receiver)
{
    return slice_behind(buffer_slice(&receiver->buffer), receiver->used);
}

/* ---- one call to the receiver ---- */

/* What was received stays in place until the call, to which it is lent, has
 * returned. */
static void tell_too_long(struct line_receiver *receiver)
{
    struct slice rest = rest_of(receiver);
    receiver->used = receiver->buffer.size;
    if (receiver->ops->line_length_exceeded)
        receiver->ops->line_length_exceeded(receiver, rest);
    else
        line_receiver_close(receiver);
}

/* Delivers the next line; false if it is not whole. A line without its
 * delimiter is too long only if that could not end it any more: the last bytes
 * may be a part of the delimiter. */
static bool tell_line(struct line_receiver *receiver)
{
    struct slice rest = rest_of(receiver), delimiter = receiver->delimiter;
    const char *end =
        memmem(rest.data, rest.size, delimiter.data, delimiter.size);
    size_t length = end ? (size_t)(end - rest.data) : rest.size;
    if (!end && length < receiver->max_length + delimiter.size)
        return false;
    if (!end || length > receiver->max_length) {
        tell_too_long(receiver);
        return true;
    }
    receiver->used += length + delimiter.size;
    receiver->ops->line_received(receiver, (struct slice){rest.data, length});
    return true;
}

static bool tell_raw(struct line_receiver *receiver)
{
    struct slice rest = rest_of(receiver);
    receiver->used = receiver->buffer.size;
    receiver->ops->raw_data_received(receiver, rest);
    return true;
}

/* ---- all of them ---- */

static void receiver_fail(struct line_receiver *receiver, int error)
{
    receiver->closing = true;
    transport_abort(receiver->transport, error);
}

/* Appends what came while a call was under way. */
static void take_more(struct line_receiver *receiver)
{
    struct buffer *more = &receiver->more, *buffer = &receiver->buffer;
    if (receiver->used == buffer->size) {
        buffer_clear(buffer);
        receiver->used = 0;
    }
    if (more->size == 0)
        return;
    if (buffer_append(buffer, more->data, more->size))
        receiver_fail(receiver, -ENOMEM);
    buffer_clear(more);
}

/* Removes what has been delivered. */
static void compact(struct line_receiver *receiver)
{
    struct slice rest = rest_of(receiver);
    if (receiver->used > 0 && rest.size > 0)
        memmove(receiver->buffer.data, rest.data, rest.size);
    receiver->buffer.size = rest.size;
    receiver->used = 0;
}

/* A loop and not a recursion, however often the calls change the mode or hand
 * bytes back. */
static void tell_all(struct line_receiver *receiver)
{
    bool told = true;
    receiver->busy = true;
    while (told && !receiver->paused && !receiver->closing) {
        take_more(receiver);
        if (rest_of(receiver).size == 0)
            break;
        told = receiver->raw ? tell_raw(receiver) : tell_line(receiver);
    }
    receiver->busy = false;
    take_more(receiver);
    compact(receiver);
}

static void receiver_take(struct line_receiver *receiver, struct slice data)
{
    struct buffer *buffer =
        receiver->busy ? &receiver->more : &receiver->buffer;
    if (data.size > 0 && buffer_append(buffer, data.data, data.size))
        receiver_fail(receiver, -ENOMEM);
    if (!receiver->busy)
        tell_all(receiver);
}

/* ---- the protocol ---- */

static void on_made(struct protocol *protocol, struct transport *transport)
{
    struct line_receiver *receiver = receiver_of(protocol);
    receiver->transport = transport;
    if (receiver->ops->connection_made)
        receiver->ops->connection_made(receiver);
}

static void on_data(struct protocol *protocol, struct slice data)
{
    receiver_take(receiver_of(protocol), data);
}

static void on_lost(struct protocol *protocol, int error)
{
    struct line_receiver *receiver = receiver_of(protocol);
    receiver->transport = NULL;
    receiver->closing = true;
    buffer_deinit(&receiver->buffer);
    buffer_deinit(&receiver->more);
    receiver->ops->connection_lost(receiver, error);
}

void line_receiver_init(struct line_receiver *receiver,
                        const struct line_receiver_ops *ops)
{
    static const struct protocol_ops protocol_ops = {
        .connection_made = on_made,
        .data_received = on_data,
        .connection_lost = on_lost,
    };
    *receiver = (struct line_receiver){
        .protocol.ops = &protocol_ops,
        .ops = ops,
        .delimiter = {"\r\n", 2},
        .max_length = LINE_LENGTH_MAX,
    };
}

/* ---- from outside ---- */

void line_receiver_send_line(struct line_receiver *receiver, struct slice line)
{
    transport_write(receiver->transport, line);
    transport_write(receiver->transport, receiver->delimiter);
}

void line_receiver_set_raw_mode(struct line_receiver *receiver)
{
    receiver->raw = true;
}

void line_receiver_set_line_mode(struct line_receiver *receiver,
                                 struct slice extra)
{
    receiver->raw = false;
    if (extra.size > 0)
        receiver_take(receiver, extra);
}

void line_receiver_clear_buffer(struct line_receiver *receiver)
{
    receiver->used = receiver->buffer.size;
    buffer_clear(&receiver->more);
}

void line_receiver_pause(struct line_receiver *receiver)
{
    receiver->paused = true;
    transport_pause_reading(receiver->transport);
}

void line_receiver_resume(struct line_receiver *receiver)
{
    receiver->paused = false;
    transport_resume_reading(receiver->transport);
    receiver_take(receiver, (struct slice){NULL, 0});
}

void line_receiver_close(struct line_receiver *receiver)
{
    receiver->closing = true;
    transport_close(receiver->transport);
}
