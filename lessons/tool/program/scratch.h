/* SPDX-License-Identifier: MIT */
/* Where a command builds: a folder of its own as long as it has it, so that
 * two commands at once (`learn` and an editor's `check`) do not write each
 * other's programs. What was built there before is found again. */
#ifndef LESSONS_TOOL_PROGRAM_SCRATCH_H
#define LESSONS_TOOL_PROGRAM_SCRATCH_H

#include "base/bytes.h"

#include <limits.h>

enum { SCRATCH_MAX = PATH_MAX - 256 }; /* there is room for a file's name */

struct scratch {
    char folder[SCRATCH_MAX];
    int lock;
};

/* Takes work/.check; or, where another has that, the first that is free of the
 * folders 2, 3 … in it. 0; or a negative errno, with a sentence in `why`, and
 * then there is nothing to leave. */
int scratch_take(struct scratch *scratch, const char *work, struct buffer *why);

void scratch_leave(struct scratch *scratch);

#endif
