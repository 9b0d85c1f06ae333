/* SPDX-License-Identifier: MIT */
/* Text in as many rows as a screen has. */
#ifndef LESSONS_TOOL_LEARNER_FIT_H
#define LESSONS_TOOL_LEARNER_FIT_H

#include "base/bytes.h"

/* Appends what a check has said, cut so that it takes no more than `rows` rows
 * of `columns` characters: first how a test is run again is left out, then the
 * compiler's warning, then its middle. Its beginning stays, for there is the
 * verdict, and its last line. Colour takes no room. 0 or -ENOMEM. */
int fit_text(struct buffer *out, struct slice text, int rows, int columns);

#endif
