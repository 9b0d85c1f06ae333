/* SPDX-License-Identifier: MIT */
/* What the three parts of the parser know of each other.
 *
 * A part that refuses the message calls message_refuse; the state is then
 * MESSAGE_FAILED, and whatever the part returns does not count any more. */
#ifndef HTTP_MESSAGE_INTERNAL_H
#define HTTP_MESSAGE_INTERNAL_H

#include "http/message.h"

#ifdef __cplusplus
extern "C" {
#endif

/* message.c */
void message_refuse(struct message *message, enum message_error error);

/* message_lines.c: takes from `data` what belongs to the current line and
 * returns how many bytes that were. When the line is whole, *line is set to it,
 * without its CRLF: in `data`, or in message->line, where the caller clears it
 * after use. Otherwise line->data is NULL. */
size_t message_take_line(struct message *message, const char *data, size_t size,
                         struct slice *line);

/* message_head.c: a whole line of the head or of the trailers. */
void message_read_head_line(struct message *message, struct slice line);
void message_read_trailer(struct message *message, struct slice line);

/* message_body.c: after the head; a chunk's first line; body bytes, of which
 * they return how many they took. */
void message_begin_body(struct message *message);
void message_read_chunk_size(struct message *message, struct slice line);
size_t message_take_body(struct message *message, const char *data,
                         size_t size);
size_t message_take_chunk_end(struct message *message, const char *data,
                              size_t size);

#ifdef __cplusplus
}
#endif

#endif
