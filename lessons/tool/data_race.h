/* SPDX-License-Identifier: MIT */
/* What the thread sanitizer says about a data race, in a learner's words: which
 * two lines, what stands there, and who holds a lock. */
#ifndef LESSONS_TOOL_DATA_RACE_H
#define LESSONS_TOOL_DATA_RACE_H

#include "base/bytes.h"

/* Appends it. `output` is what the program printed, sanitizer included; `file`
 * is the learner's, whose lines are shown. */
void data_race_tell(const char *output, const char *file, int columns,
                    struct buffer *out);

#endif
