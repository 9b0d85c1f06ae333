/* SPDX-License-Identifier: MIT */
#include "http/message_internal.h"

#include <errno.h>

const char *message_error_sentence(enum message_error error)
{
    static const char *const sentences[] = {
#define X(name, sentence) sentence,
        MESSAGE_ERRORS(X)
#undef X
    };
    if ((size_t)error >= sizeof sentences / sizeof *sentences)
        return "unknown error in a message";
    size_t count = sizeof sentences / sizeof *sentences;
    return (size_t)error < count ? sentences[error] : NULL;
}

void message_init(struct message *message, enum message_kind kind,
                  const struct message_limits *limits)
{
    *message = (struct message){.kind = kind, .limits = limits};
}

void message_deinit(struct message *message)
{
    headers_deinit(&message->headers);
    buffer_deinit(&message->start);
    buffer_deinit(&message->line);
}

void message_reset(struct message *message, bool to_head, struct buffer *body)
{
    headers_clear(&message->headers);
    message->start.size = message->method_size = message->line.size = 0;
    message->status = message->minor_version = message->hosts = 0;
    message->error = MESSAGE_FINE;
    message->state = MESSAGE_IN_START_LINE;
    message->keep_alive = message->started = false;
    message->has_length = message->is_chunked = false;
    message->has_connection = false;
    message->says_close = message->says_keep_alive = false;
    message->body_bytes = message->remaining = 0;
    message->head_bytes = message->framing_bytes = 0;
    message->may_fold = false;
    message->to_head = to_head;
    message->body = body;
}

struct slice message_method(const struct message *message)
{
    return (struct slice){message->start.data, message->method_size};
}

struct slice message_target(const struct message *message)
{
    struct slice target = buffer_slice(&message->start);
    if (target.size) {
        target.data += message->method_size + 1;
        target.size -= message->method_size + 1;
    }
    return target;
}

void message_refuse(struct message *message, enum message_error error)
{
    message->state = MESSAGE_FAILED;
    message->error = error;
    message->keep_alive = false;
}

static size_t take_line(struct message *message, const char *data, size_t size)
{
    struct slice line;
    size_t taken = message_take_line(message, data, size, &line);
    if (!line.data)
        return taken;
    if (message->state <= MESSAGE_IN_FIELDS)
        message_read_head_line(message, line);
    else if (message->state == MESSAGE_IN_CHUNK_SIZE)
        message_read_chunk_size(message, line);
    else
        message_read_trailer(message, line);
    buffer_clear(&message->line);
    return taken;
}

static size_t take_bytes(struct message *message, const char *data, size_t size)
{
    switch (message->state) {
    case MESSAGE_IN_BODY_LENGTH:
    case MESSAGE_IN_BODY_UNTIL_CLOSE:
    case MESSAGE_IN_CHUNK_DATA:
        return message_take_body(message, data, size);
    case MESSAGE_IN_CHUNK_END:
        return message_take_chunk_end(message, data, size);
    default:
        return take_line(message, data, size);
    }
}

/* Takes bytes while the state is before `end`. */
static ssize_t feed_until(struct message *message, enum message_state end,
                          const char *data, size_t size)
{
    size_t taken = 0;
    message->started |= size > 0;
    while (taken < size && message->state < end)
        taken += take_bytes(message, data + taken, size - taken);
    return message->state == MESSAGE_FAILED ? -EBADMSG : (ssize_t)taken;
}

ssize_t message_feed(struct message *message, const char *data, size_t size)
{
    return feed_until(message, MESSAGE_COMPLETE, data, size);
}

ssize_t message_feed_head(struct message *message, const char *data,
                          size_t size)
{
    return feed_until(message, MESSAGE_IN_BODY_LENGTH, data, size);
}

int message_end(struct message *message)
{
    if (message->state == MESSAGE_IN_BODY_UNTIL_CLOSE)
        message->state = MESSAGE_COMPLETE;
    if (message->state < MESSAGE_COMPLETE)
        message_refuse(message, MESSAGE_TRUNCATED);
    return message->state == MESSAGE_COMPLETE ? 0 : -EBADMSG;
}
