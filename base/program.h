/* SPDX-License-Identifier: MIT */
/* Other people's programs: the compiler, unifdef, git. */
#ifndef LESSONS_TOOL_PROGRAM_H
#define LESSONS_TOOL_PROGRAM_H

#include "base/bytes.h"

/* An argument list that grows. The strings are copied. */
struct arguments {
    char **list; /* closed by NULL */
    size_t count, capacity;
    bool incomplete; /* there was no memory for one of them */
};

/* Appends what printf makes of it. Without memory for it arguments_run fails:
 * no program is run with a part of its arguments. */
void arguments_add(struct arguments *arguments, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void arguments_deinit(struct arguments *arguments);

/* Runs it, without standard input, appends what it prints to `out` and `errors`
 * (the same buffer: both together, as they come; NULL: not wanted). Returns the
 * exit status, 128 + the signal that ended it, 127 when there is no such
 * program, or a negative errno. */
int arguments_run(const struct arguments *arguments, struct buffer *out,
                  struct buffer *errors);

#endif
