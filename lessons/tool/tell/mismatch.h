/* SPDX-License-Identifier: MIT */
/* A function of the learner's file that is not the one of the lab's header. */
#ifndef LESSONS_TOOL_TELL_MISMATCH_H
#define LESSONS_TOOL_TELL_MISMATCH_H

#include "base/bytes.h"

#include <stdbool.h>

/* When the compiler has `said` that a function is defined with another type
 * than a header declares it: appends which, what it is and what it should be,
 * and which calls of functions that no header declares go with it. That is what
 * becomes of a file that was begun with an earlier version of the lab. False
 * when the compiler complains of something else. */
bool mismatch_tell(const char *said, int columns, struct buffer *out);

#endif
