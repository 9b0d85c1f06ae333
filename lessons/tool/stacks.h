/* SPDX-License-Identifier: MIT */
/* Where in the learner's file a program is or was, out of the stacks that
 * sanitizers print. */
#ifndef LESSONS_TOOL_STACKS_H
#define LESSONS_TOOL_STACKS_H

#include "base/bytes.h"

/* Appends that line of the file, without its indentation, and without its end
 * if it is too long; nothing, when there is none. */
void source_line_tell(const char *file, int number, int columns,
                      struct buffer *out);

/* Of each stack in `output` the innermost line that is in the learner's `file`:
 * appends function and line, and how many threads are there when there are
 * several; or else the line that has called, when it is in the file too. */
void stacks_tell(const char *output, const char *file, int columns,
                 struct buffer *out);

/* Of the first stack that leads through the file: who has called, if that is in
 * the file as well. */
void caller_tell(const char *output, const char *file, int columns,
                 struct buffer *out);

#endif
