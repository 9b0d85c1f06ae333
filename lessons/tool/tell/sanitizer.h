/* SPDX-License-Identifier: MIT */
/* What sanitizers say about a program, in a learner's words. Of their stacks
 * the lines that are in the learner's `file` count. */
#ifndef LESSONS_TOOL_TELL_SANITIZER_H
#define LESSONS_TOOL_TELL_SANITIZER_H

#include "base/bytes.h"

/* Appends what has crashed, and where; `message` is told when no sanitizer has
 * `said` anything. */
void crash_tell(const char *said, const char *message, const char *file,
                int columns, struct buffer *out);

/* Of a data race: which two lines, what is there, and which thread holds a
 * lock. */
void data_race_tell(const char *said, const char *file, int columns,
                    struct buffer *out);

/* Of each stack, which is a thread's, the innermost line that is in the file:
 * function and line, and how many threads are there when there are several; or
 * else the line that has called, when it is in the file too. */
bool stacks_tell(const char *said, const char *file, int columns,
                 struct buffer *out);

/* Appends that line of the file, without its indentation, and without its end
 * if it is too long; nothing, when there is none. */
void source_line_tell(const char *file, int number, int columns,
                      struct buffer *out);

#endif
