/* SPDX-License-Identifier: MIT */
/* Questions to the user at the terminal. */
#ifndef LESSONS_TOOL_LEARNER_ASK_H
#define LESSONS_TOOL_LEARNER_ASK_H

#include <stdbool.h>
#include <stddef.h>

/* Prints "> " and reads a line of standard input without its end, as much of it
 * as there is room for. False when nothing was said: an empty line, the end, or
 * Ctrl-C on a terminal where that is a character. */
bool ask_line(char *answer, size_t size);

/* Prints the question. True for an answer that begins with a y. */
bool ask_yes(const char *question);

#endif
