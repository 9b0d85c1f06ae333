/* SPDX-License-Identifier: MIT */
#include "http/message_internal.h"

/* A line is used where it lies. Only one that comes in pieces is copied, into
 * message->line. Limits count the CRLF too, and are applied so that a message
 * is judged alike however it was cut. */

/* How long may the line be, and by which limit? The lines with chunk sizes are
 * not part of the head. */
static size_t line_limit(const struct message *message,
                         enum message_error *error)
{
    size_t head_left = message->limits->head - message->head_bytes;
    if (message->state == MESSAGE_IN_CHUNK_SIZE ||
        message->limits->line <= head_left) {
        *error = MESSAGE_LINE_TOO_LONG;
        return message->limits->line;
    }
    *error = MESSAGE_HEAD_TOO_LARGE;
    return head_left;
}

/* Not 0 if one of eight bytes is below 0x20, or is 0x7f. The usual trick:
 * subtracting 0x20 from a smaller byte borrows from its highest bit. */
static uint64_t control_bits(const char *eight)
{
    const uint64_t ones = UINT64_MAX / 0xff;
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    uint64_t deleted = word ^ (ones * 0x7f);
    uint64_t below_space = (word - ones * 0x20) & ~word;
    uint64_t is_deleted = (deleted - ones) & ~deleted;
    return (below_space | is_deleted) & (ones * 0x80);
}

static enum message_error check_character(char c)
{
    if (c == '\r')
        return MESSAGE_BAD_LINE_END;
    bool control = (unsigned char)c < ' ' || c == 0x7f;
    return control && c != '\t' ? MESSAGE_NUL : MESSAGE_FINE;
}

/* Checks eight bytes at a time; the last eight may overlap the ones before. */
static bool may_have_control(struct slice line)
{
    if (line.size < 8)
        return true;
    uint64_t found = control_bits(line.data + line.size - 8);
    for (size_t i = 0; i + 8 <= line.size; i += 8)
        found |= control_bits(line.data + i);
    return found != 0;
}

static enum message_error check_characters(struct slice line)
{
    enum message_error error = MESSAGE_FINE;
    if (may_have_control(line))
        for (size_t i = 0; i < line.size && !error; i++)
            error = check_character(line.data[i]);
    return error;
}

/* `line` ends with a line feed. */
static enum message_error check_line(struct slice *line)
{
    if (line->size < 2 || line->data[line->size - 2] != '\r')
        return MESSAGE_BAD_LINE_END;
    line->size -= 2;
    return check_characters(*line);
}

static void gather(struct message *message, const char *data, size_t size)
{
    if (buffer_append(&message->line, data, size))
        message_refuse(message, MESSAGE_NO_MEMORY);
}

size_t message_take_line(struct message *message, const char *data, size_t size,
                         struct slice *line)
{
    enum message_error error;
    size_t room = line_limit(message, &error) - message->line.size;
    size_t span = size < room ? size : room;
    const char *end = span ? memchr(data, '\n', span) : NULL;
    line->data = NULL;
    if (!end && size >= room) {
        message_refuse(message, error);
        return size;
    }
    size_t taken = end ? (size_t)(end - data) + 1 : size;
    struct slice whole = {data, taken};
    if (!end || message->line.size) {
        gather(message, data, taken);
        whole = buffer_slice(&message->line);
    }
    if (!end || message->state == MESSAGE_FAILED)
        return taken;
    if (message->state != MESSAGE_IN_CHUNK_SIZE)
        message->head_bytes += whole.size;
    error = check_line(&whole);
    if (error)
        message_refuse(message, error);
    else
        *line = whole;
    return taken;
}
