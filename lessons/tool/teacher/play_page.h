/* SPDX-License-Identifier: MIT */
/* Text for a part of the screen, in rows. */
#ifndef LESSONS_TOOL_TEACHER_PLAY_PAGE_H
#define LESSONS_TOOL_TEACHER_PLAY_PAGE_H

#include "base/bytes.h"

/* Appends the text in rows of at most `columns` characters, each closed by a
 * newline, and returns how many they are. Colour stays; whatever else would
 * move a terminal's cursor is left out, and what a lone carriage return has
 * overwritten. The text may end anywhere. */
int page_append_rows(struct buffer *rows, struct slice text, int columns);

/* The first row of what is left, without its newline, which is taken off. */
struct slice page_take_row(struct slice *rows);

/* How many characters are seen of a row. */
int page_width(struct slice row);

#endif
