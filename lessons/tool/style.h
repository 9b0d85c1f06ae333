/* SPDX-License-Identifier: MIT */
/* How standard output looks: colour and width are those of a terminal. Colour
 * is not wanted with NO_COLOR. A program that passes our output on to a
 * terminal says so by CLICOLOR_FORCE and COLUMNS. */
#ifndef LESSONS_TOOL_STYLE_H
#define LESSONS_TOOL_STYLE_H

#include "base/bytes.h"

#include <stdio.h>

enum style { STYLE_GOOD, STYLE_BAD, STYLE_QUIET, STYLE_STRONG };

/* What begins the style, and what ends it; empty texts without colour. */
const char *style_on(enum style style);
const char *style_off(void);

/* How many characters a line has. */
int style_columns(void);

/* How many lines the screen has. */
int style_rows(void);

/* Prints the text in lines that fit; in one where there is no memory. */
void style_print(const char *text, int indent);

/* Prints a text that was put together as it is. False: some of it is missing
 * for want of memory, and it says so on standard error. */
bool style_put(const struct buffer *text, FILE *out);

/* Prints why something failed to standard error, behind "lab: "; in one line
 * where that is not a terminal. What gives no reason, or not all of it, had no
 * memory. */
void style_complain(const struct buffer *why);

#endif
