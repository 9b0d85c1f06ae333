/* SPDX-License-Identifier: MIT */
#include "base/ascii.h"
#include "http/headers_internal.h"
#include "http/message_internal.h"

/* ---- which kind of body: RFC 9112, 6.3 ---- */

/* A length is only a promise: no more memory than this is taken for it. */
enum { RESERVE_MAX = 64 * 1024 };

/* RFC 9112, 9.3: `until_close` needs the connection's end to be understood. */
static bool may_keep_alive(const struct message *message, bool until_close)
{
    if (message->says_close || until_close)
        return false;
    return message->minor_version >= 1 || message->says_keep_alive;
}

static bool has_no_body(const struct message *message)
{
    if (message->kind == MESSAGE_REQUEST)
        return !message->has_length && !message->is_chunked;
    return message->to_head || message->status == 204 || message->status == 304;
}

static void begin_length(struct message *message)
{
    size_t size = message->remaining < RESERVE_MAX ? (size_t)message->remaining
                                                   : RESERVE_MAX;
    if (message->remaining > message->limits->body)
        message_refuse(message, MESSAGE_BODY_TOO_LARGE);
    else if (message->body && buffer_reserve(message->body, size))
        message_refuse(message, MESSAGE_NO_MEMORY);
    else
        message->state =
            message->remaining ? MESSAGE_IN_BODY_LENGTH : MESSAGE_COMPLETE;
}

void message_begin_body(struct message *message)
{
    bool none = has_no_body(message);
    bool until_close = !none && !message->has_length && !message->is_chunked;
    message->keep_alive = may_keep_alive(message, until_close);
    message->head_bytes = 0; /* from here on, of the trailers */
    if (none)
        message->state = MESSAGE_COMPLETE;
    else if (message->is_chunked)
        message->state = MESSAGE_IN_CHUNK_SIZE;
    else if (until_close)
        message->state = MESSAGE_IN_BODY_UNTIL_CLOSE;
    else
        begin_length(message);
}

/* ---- bytes of the body ---- */

static void keep_body(struct message *message, const char *data, size_t size)
{
    if (size > message->limits->body - message->body_bytes) {
        message_refuse(message, MESSAGE_BODY_TOO_LARGE);
        return;
    }
    message->body_bytes += size;
    if (message->body && buffer_append(message->body, data, size))
        message_refuse(message, MESSAGE_NO_MEMORY);
}

size_t message_take_body(struct message *message, const char *data, size_t size)
{
    bool until_close = message->state == MESSAGE_IN_BODY_UNTIL_CLOSE;
    if (!until_close && size > message->remaining)
        size = (size_t)message->remaining;
    keep_body(message, data, size);
    if (until_close || message->state == MESSAGE_FAILED)
        return size;
    message->remaining -= size;
    if (message->remaining)
        return size;
    if (message->state == MESSAGE_IN_BODY_LENGTH) {
        message->state = MESSAGE_COMPLETE;
    } else {
        message->state = MESSAGE_IN_CHUNK_END;
        message->remaining = 2;
    }
    return size;
}

/* ---- chunks: RFC 9112, 7.1 ---- */

static struct slice skip(struct slice text, size_t count)
{
    return (struct slice){text.data + count, text.size - count};
}

static struct slice skip_blanks(struct slice text)
{
    while (text.size && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = skip(text, 1);
    return text;
}

/* The length of the quoted string at the front, with its quotes; 0 if there is
 * none. */
static size_t quoted_span(struct slice text)
{
    size_t i = 1;
    if (!text.size || text.data[0] != '"')
        return 0;
    while (i < text.size && text.data[i] != '"')
        i += text.data[i] == '\\' ? 2 : 1;
    return i < text.size ? i + 1 : 0;
}

/* Takes one ;name or ;name=value off the front, blanks included. */
static bool take_extension(struct slice *text)
{
    struct slice rest = skip_blanks(*text);
    if (!rest.size || rest.data[0] != ';')
        return false;
    rest = skip_blanks(skip(rest, 1));
    size_t name = headers_token_span(rest);
    if (!name)
        return false;
    *text = skip(rest, name);
    rest = skip_blanks(*text);
    if (!rest.size || rest.data[0] != '=')
        return true;
    rest = skip_blanks(skip(rest, 1));
    size_t value = headers_token_span(rest);
    if (!value)
        value = quoted_span(rest);
    *text = skip(rest, value);
    return value > 0;
}

static struct slice trim_end(struct slice text)
{
    while (text.size && (text.data[text.size - 1] == ' ' ||
                         text.data[text.size - 1] == '\t'))
        text.size--;
    return text;
}

/* We ignore extensions, but they must be well formed. */
static enum message_error check_extensions(const struct message *message,
                                           struct slice text)
{
    if (message->kind == MESSAGE_RESPONSE)
        text = trim_end(text);
    while (text.size)
        if (!take_extension(&text))
            return MESSAGE_BAD_EXTENSION;
    return MESSAGE_FINE;
}

/* Reads the hexadecimal number at the front. */
static enum message_error take_size(struct slice *line, uint64_t *chunk)
{
    size_t digits = 0;
    int digit;
    *chunk = 0;
    while (digits < line->size &&
           (digit = ascii_hex_value(line->data[digits])) >= 0) {
        if (*chunk > UINT64_MAX >> 4)
            return MESSAGE_CHUNK_OVERFLOW;
        *chunk = *chunk << 4 | (uint64_t)digit;
        digits++;
    }
    *line = skip(*line, digits);
    if (!digits || (line->size && !strchr("; \t", line->data[0])))
        return MESSAGE_BAD_CHUNK_SIZE;
    return MESSAGE_FINE;
}

/* HT5: the bytes that a line with a chunk size may take, whatever its chunk,
 * and how many more for each byte of it. */
enum { CHUNK_LINE_FREE = 32, FREE_PER_BYTE = 2 };

/* What a line takes beyond that is summed up, and a line that takes less pays
 * for the ones before it: otherwise a peer could send megabytes of padding
 * around a few bytes of data, and no other limit would notice. No line pays for
 * those after it. */
static enum message_error count_framing(struct message *message, size_t size,
                                        uint64_t chunk)
{
    size_t spent = message->framing_bytes + size;
    uint64_t needed = chunk < spent ? chunk : spent; /* or it may overflow */
    uint64_t paid = CHUNK_LINE_FREE + FREE_PER_BYTE * needed;
    message->framing_bytes = paid < spent ? spent - (size_t)paid : 0;
    return message->framing_bytes > message->limits->head
               ? MESSAGE_TOO_MUCH_FRAMING
               : MESSAGE_FINE;
}

void message_read_chunk_size(struct message *message, struct slice line)
{
    uint64_t chunk;
    size_t size = line.size + 2; /* and its CRLF */
    enum message_error error = take_size(&line, &chunk);
    if (!error)
        error = check_extensions(message, line);
    if (!error && chunk > message->limits->body - message->body_bytes)
        error = MESSAGE_BODY_TOO_LARGE;
    if (!error)
        error = count_framing(message, size, chunk);
    if (error) {
        message_refuse(message, error);
        return;
    }
    message->remaining = chunk;
    message->state = chunk ? MESSAGE_IN_CHUNK_DATA : MESSAGE_IN_TRAILERS;
}

/* Reads the CRLF after a chunk; `remaining` counts the bytes of it that are
 * missing. */
size_t message_take_chunk_end(struct message *message, const char *data,
                              size_t size)
{
    (void)size; /* at least one */
    if (*data != (message->remaining == 2 ? '\r' : '\n')) {
        message_refuse(message, MESSAGE_BAD_CHUNK_END);
        return 1;
    }
    if (--message->remaining == 0)
        message->state = MESSAGE_IN_CHUNK_SIZE;
    return 1;
}
