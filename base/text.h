/* SPDX-License-Identifier: MIT */
/* Text that comes from outside: a server, a command line, the system. It may
 * hold any bytes; what reads it next often takes only some of them. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The character at the beginning of a text that is not empty: how many bytes it
 * has, and in `*point` its number. 0 when it is not one of UTF-8 (RFC 3629: no
 * surrogates, nothing longer than it must be). */
size_t text_character(struct slice text, uint32_t *point);

/* How many columns of a terminal it takes: 2 for characters of East Asia and
 * most pictures, 0 for marks that stand above or below another character, else
 * 1. */
int text_columns(uint32_t point);

/* Appends the text as UTF-8: each byte that belongs to no character becomes
 * U+FFFD. 0 or -ENOMEM. */
int text_append_utf8(struct buffer *out, struct slice text);

/* Is this a character that a terminal obeys instead of showing it? C0, DEL, C1,
 * and those that change the direction of writing. */
bool text_is_control(uint32_t point);

/* Appends the text for a terminal, which is to show it and to do nothing else:
 * control characters and bytes that belong to no character become \xNN, but not
 * those in `kept`, "\n\t" for instance. 0 or -ENOMEM.
 */
int text_append_printable(struct buffer *out, struct slice text,
                          const char *kept);

/* Appends the text for a place in XML or HTML, between tags or inside the
 * quotes of an attribute: the five characters that have a meaning there are
 * written as entities. What XML has no place for, however it is written,
 * becomes U+FFFD: control characters other than tab and newline, U+FFFE,
 * U+FFFF, and bytes that belong to no character. 0 or -ENOMEM. */
int text_append_markup(struct buffer *out, struct slice text);

#ifdef __cplusplus
}
#endif

#endif
