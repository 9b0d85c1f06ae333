/* SPDX-License-Identifier: MIT */
/* Where a C text defines a function. */
#ifndef LESSONS_TOOL_DEFINITION_H
#define LESSONS_TOOL_DEFINITION_H

#include <stdbool.h>

/* The line in which the text defines this function, the first being 1; 0:
 * nowhere. */
int definition_line(const char *text, const char *function);

/* Is there a function that both define? */
bool definitions_meet(const char *text, const char *other);

#endif
