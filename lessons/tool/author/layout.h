/* SPDX-License-Identifier: MIT */
/* How the source of a lesson has to be laid out, so that every step of it reads
 * well and merges into the next:
 *
 *     a hole is a function's whole body: after its #endif comes the closing
 *     brace, and its #else says YOUR_CODE
 *     every branch of a conditional has as many closing braces as opening ones
 *     at most two conditionals in a function with a hole, three in another
 *     the functions of a step, as lesson.json has them, are its holes
 */
#ifndef LESSONS_TOOL_AUTHOR_LAYOUT_H
#define LESSONS_TOOL_AUTHOR_LAYOUT_H

#include "lessons/tool/lesson.h"

/* Appends a line for each complaint, "loop.c:12: …". `text` is the source, with
 * a NUL behind it. Returns how many, or -ENOMEM: some may be missing. */
int layout_check(const struct lesson *lesson, const char *text,
                 struct buffer *complaints);

#endif
