/* SPDX-License-Identifier: MIT */
/* What a compiler adds to an error in notes of its own: the header that is
 * missing, the type that was expected, the function's declaration. */
#ifndef LESSONS_TOOL_TELL_NOTE_H
#define LESSONS_TOOL_TELL_NOTE_H

#include "base/bytes.h"

/* Tells what gcc or clang has added to the error in this line of what it said
 * of the learner's `file`, in words; nothing where it is of no help. */
void note_tell(const char *line, const char *file, int columns,
               struct buffer *out);

#endif
