/* SPDX-License-Identifier: MIT */
/* A text, line by line. Lines end with a newline, which is not a part of them;
 * behind the last one it may be missing. */
#ifndef BASE_LINE_H
#define BASE_LINE_H

#include "base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Takes the first line off the text. False when nothing is left of it. */
bool line_take(struct slice *text, struct slice *line);

/* The same for texts that a NUL ends: the line that begins at `at`, and where
 * the next one begins, which is the text's end behind the last. */
struct slice line_at(const char *at);
const char *line_behind(const char *at);

/* Where the line of this number begins, the first being 1; behind the last: the
 * text's end. */
const char *line_find(const char *text, int number);

/* Where this field of the line begins, the first being 0: fields are parted by
 * blanks. Where the line has fewer: its end. */
const char *line_field(const char *at, unsigned field);

#ifdef __cplusplus
}
#endif

#endif
