/* SPDX-License-Identifier: MIT */
/* Text in lines that fit. */
#ifndef LESSONS_TOOL_WRAP_H
#define LESSONS_TOOL_WRAP_H

#include "base/bytes.h"

/* Appends the text with each of its lines indented, and cut between words so
 * that none has more than `columns` characters (UTF-8; a longer word stays
 * whole). A line's own indentation is kept, in what is cut from it too. Empty
 * lines are left out. */
void wrap_text(struct buffer *out, const char *text, int indent, int columns);

/* The same for a text that was put together: what is missing in it is missing
 * in `out`. It is terminated. */
void wrap_buffer(struct buffer *out, struct buffer *text, int indent,
                 int columns);

#endif
