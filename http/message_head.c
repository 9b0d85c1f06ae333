/* SPDX-License-Identifier: MIT */
#include "base/ascii.h"
#include "http/headers_internal.h"
#include "http/message_internal.h"

#include <errno.h>
#include <strings.h>

/* Lines come here without CRLF and without control characters other than tabs.
 */

/* ---- the first line ---- */

/* Takes what is before the first space off the front, and the space. */
static struct slice take_word(struct slice *line)
{
    const char *space = line->size ? memchr(line->data, ' ', line->size) : NULL;
    struct slice word = {line->data, line->size};
    if (space)
        word.size = (size_t)(space - line->data);
    size_t taken = word.size + (space != NULL);
    *line = (struct slice){line->data + taken, line->size - taken};
    return word;
}

static enum message_error read_version(struct message *message,
                                       struct slice word)
{
    if (word.size < 5 || memcmp(word.data, "HTTP/", 5) != 0)
        return MESSAGE_BAD_START_LINE;
    if (word.size != 8 || memcmp(word.data + 5, "1.", 2) != 0 ||
        (word.data[7] != '0' && word.data[7] != '1'))
        return MESSAGE_BAD_VERSION;
    message->minor_version = word.data[7] - '0';
    return MESSAGE_FINE;
}

static enum message_error read_status(struct message *message,
                                      struct slice word)
{
    const char *text = word.data;
    if (word.size != 3 || !ascii_is_digit(text[0]) ||
        !ascii_is_digit(text[1]) || !ascii_is_digit(text[2]) || text[0] == '0')
        return MESSAGE_BAD_STATUS;
    message->status =
        (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    return MESSAGE_FINE;
}

/* Reads "HTTP/1.1 200 OK"; the reason, and the space before it, may be
 * missing. */
static enum message_error read_status_line(struct message *message,
                                           struct slice line)
{
    enum message_error error = read_version(message, take_word(&line));
    return error ? error : read_status(message, take_word(&line));
}

/* Is the target a path, "*" or a whole URL? A server that is not a proxy is
 * sent no other form. */
static bool is_target(struct slice target)
{
    static const struct slice http = {"http://", 7};
    for (size_t i = 0; i < target.size; i++) {
        unsigned char c = (unsigned char)target.data[i];
        if (c <= ' ' || c >= 0x7f)
            return false;
    }
    if (target.size && target.data[0] == '/')
        return true;
    struct slice start = {target.data, http.size};
    return (target.size == 1 && target.data[0] == '*') ||
           (target.size > http.size && slice_equal_nocase(start, http));
}

/* Reads "GET /path HTTP/1.1", with exactly one space between the three
 * parts. */
static enum message_error read_request_line(struct message *message,
                                            struct slice line)
{
    struct slice method = take_word(&line);
    struct slice target = take_word(&line);
    if (!headers_is_token(method) || !is_target(target))
        return MESSAGE_BAD_START_LINE;
    enum message_error error = read_version(message, line);
    if (error)
        return error;
    /* The target ends where the line has its end. */
    const char *end = target.data + target.size;
    if (buffer_append(&message->start, method.data,
                      (size_t)(end - method.data)))
        return MESSAGE_NO_MEMORY;
    message->method_size = method.size;
    return MESSAGE_FINE;
}

static void read_start_line(struct message *message, struct slice line)
{
    /* RFC 9112, 2.2: some senders put an empty line after a body. We accept
     * one, if nothing else of this message has come yet. */
    if (line.size == 0 && message->head_bytes == 2)
        return;
    message->state = MESSAGE_IN_FIELDS;
    enum message_error error = message->kind == MESSAGE_RESPONSE
                                   ? read_status_line(message, line)
                                   : read_request_line(message, line);
    if (error)
        message_refuse(message, error);
}

/* ---- fields ---- */

static enum message_error read_decimal(struct slice text, uint64_t *number)
{
    int error = ascii_take_decimal(&text, number);
    if (error == -EINVAL || text.size)
        return MESSAGE_BAD_LENGTH;
    return error ? MESSAGE_LENGTH_OVERFLOW : MESSAGE_FINE;
}

/* RFC 9110, 8.6: the same length twice is harmless and accepted; a list of
 * equal lengths in one field would be too, but no server sends it. */
static void read_length(struct message *message, struct slice value)
{
    uint64_t length;
    enum message_error error = read_decimal(value, &length);
    if (!error && message->has_length && message->remaining != length)
        error = MESSAGE_LENGTHS_DIFFER;
    if (error)
        message_refuse(message, error);
    message->has_length = true;
    message->remaining = length;
}

/* Accepts a single "chunked" only: how to read anything else would be a
 * guess. */
static void read_coding(struct message *message, struct slice value)
{
    if (message->is_chunked || !slice_equal_nocase(value, slice_of("chunked")))
        message_refuse(message, MESSAGE_BAD_CODING);
    message->is_chunked = true;
}

static void read_options(struct message *message, struct slice value)
{
    while (value.size) {
        const char *comma = memchr(value.data, ',', value.size);
        size_t size = comma ? (size_t)(comma - value.data) : value.size;
        struct slice option = slice_trim((struct slice){value.data, size});
        if (slice_equal_nocase(option, slice_of("close")))
            message->says_close = true;
        else if (slice_equal_nocase(option, slice_of("keep-alive")))
            message->says_keep_alive = true;
        size += comma != NULL;
        value.data += size;
        value.size -= size;
    }
}

/* HT2: Connection may be folded, so what it says is read when the whole head is
 * there. */
static void read_connections(struct message *message)
{
    size_t cursor = 0;
    const char *name, *value;
    while (headers_next(&message->headers, &cursor, &name, &value))
        if (!strcasecmp(name, "Connection"))
            read_options(message, slice_of(value));
}

/* `name` is a token; `known` has the same size and is in lower case. Setting
 * the lower-case bit turns no other character of a token into a letter. */
static bool is_named(struct slice name, const char *known)
{
    for (size_t i = 0; i < name.size; i++)
        if ((name.data[i] | 0x20) != known[i])
            return false;
    return true;
}

typedef void field_reader(struct message *message, struct slice value);

/* The fields that decide about framing, each with the function that reads its
 * value. Most other fields differ from them in length. */
static field_reader *reader_of(struct slice name)
{
    switch (name.size) {
    case 14:
        return is_named(name, "content-length") ? read_length : NULL;
    case 17:
        return is_named(name, "transfer-encoding") ? read_coding : NULL;
    default:
        return NULL;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What is wrong with a line whose name ends at `size`? */
static enum message_error name_error(struct slice line, size_t size)
{
    if (is_blank(line.data[0]))
        return MESSAGE_FOLDED;
    struct slice rest = {line.data + size, line.size - size};
    rest = slice_trim(rest);
    bool colon = rest.size && rest.data[0] == ':';
    return size && colon ? MESSAGE_SPACE_BEFORE_COLON : MESSAGE_BAD_FIELD_NAME;
}

/* Reads "name: value" from a line that is not empty. */
static bool split_field(struct message *message, struct slice line,
                        struct slice *name, struct slice *value)
{
    size_t size = headers_token_span(line);
    if (size == 0 || size == line.size || line.data[size] != ':') {
        message_refuse(message, name_error(line, size));
        return false;
    }
    *name = (struct slice){line.data, size};
    *value =
        slice_trim((struct slice){line.data + size + 1, line.size - size - 1});
    return true;
}

static void read_field(struct message *message, struct slice line)
{
    struct slice name, value;
    if (!split_field(message, line, &name, &value))
        return;
    field_reader *read = reader_of(name);
    if (read)
        read(message, value);
    /* HT2: a field that decides about framing is in one line. */
    message->may_fold = !read;
    message->has_connection |= name.size == 10 && is_named(name, "connection");
    message->hosts += name.size == 4 && is_named(name, "host");
    if (headers_append(&message->headers, name, value))
        message_refuse(message, MESSAGE_NO_MEMORY);
}

/* HT1: does the line go on with the field before it? */
static bool is_folded(const struct message *message, struct slice line)
{
    return message->kind == MESSAGE_RESPONSE && message->may_fold &&
           is_blank(line.data[0]);
}

static void read_fold(struct message *message, struct slice line)
{
    struct slice more = slice_trim(line);
    if (more.size && headers_extend(&message->headers, more))
        message_refuse(message, MESSAGE_NO_MEMORY);
}

void message_read_trailer(struct message *message, struct slice line)
{
    /* RFC 9110, 6.5.1: a trailer says nothing about framing, so it is only
     * checked. */
    struct slice name, value;
    if (line.size == 0)
        message->state = MESSAGE_COMPLETE;
    else if (!is_folded(message, line) &&
             split_field(message, line, &name, &value))
        message->may_fold = true;
}

/* ---- the end of the head ---- */

/* RFC 9112, 6.1 and 6.3; RFC 9110, 7.2. */
static enum message_error check_head(const struct message *message)
{
    if (message->has_length && message->is_chunked)
        return MESSAGE_LENGTH_AND_CODING;
    if (message->is_chunked && message->minor_version == 0)
        return MESSAGE_OLD_CODING;
    if (message->kind == MESSAGE_RESPONSE)
        return message->status == 101 ? MESSAGE_SWITCHED : MESSAGE_FINE;
    bool needs_host = message->minor_version == 1;
    return message->hosts > 1 || (needs_host && message->hosts == 0)
               ? MESSAGE_NO_HOST
               : MESSAGE_FINE;
}

/* 100 Continue and other 1xx come before the answer. Their bytes count towards
 * the limit of the head, so that a server cannot send them for ever. */
static void skip_interim(struct message *message)
{
    headers_clear(&message->headers);
    message->state = MESSAGE_IN_START_LINE;
    message->status = 0;
    message->remaining = 0;
    message->has_length = message->is_chunked = false;
    message->has_connection = false;
    message->says_close = message->says_keep_alive = false;
}

static void end_head(struct message *message)
{
    enum message_error error = check_head(message);
    message->may_fold = false;
    if (message->has_connection)
        read_connections(message);
    if (error)
        message_refuse(message, error);
    else if (message->kind == MESSAGE_RESPONSE && message->status < 200)
        skip_interim(message);
    else
        message_begin_body(message);
}

void message_read_head_line(struct message *message, struct slice line)
{
    if (message->state == MESSAGE_IN_START_LINE)
        read_start_line(message, line);
    else if (line.size == 0)
        end_head(message);
    else if (is_folded(message, line))
        read_fold(message, line);
    else
        read_field(message, line);
}
