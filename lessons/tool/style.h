/* SPDX-License-Identifier: MIT */
/* Colour on standard output: only on a terminal, and not with NO_COLOR. */
#ifndef LESSONS_TOOL_STYLE_H
#define LESSONS_TOOL_STYLE_H

enum style { STYLE_GOOD, STYLE_BAD, STYLE_QUIET, STYLE_STRONG };

/* What begins the style, and what ends it; empty texts without colour. */
const char *style_on(enum style style);
const char *style_off(void);

#endif
