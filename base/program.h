/* SPDX-License-Identifier: MIT */
/* Other people's programs: git, Python, the compiler, a check. Each gets the
 * arguments and the environment that we mean. What a user has set for programs
 * of that kind (GIT_DIR, CPATH, PYTHONPATH, GTEST_FILTER, a language) is meant
 * for programs run by hand, and would make ours do something else. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An argument list that grows. The strings are copied. */
struct arguments {
    char **list; /* closed by NULL */
    size_t count, capacity;
    char **variables; /* of the environment; closed by NULL */
    size_t variable_count, variable_capacity;
    bool incomplete; /* there was no memory for one of them */
};

/* Appends what printf makes of it. Without memory for it arguments_run fails:
 * no program is run with a part of its arguments. */
void arguments_add(struct arguments *arguments, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends copies of the first `count` of another list. Where that lacks some of
 * its arguments, so does this one. */
void arguments_add_first(struct arguments *arguments,
                         const struct arguments *from, size_t count);

/* Sets a variable in the program's environment; NULL: as it would be without
 * this call. Without memory for it arguments_run fails. */
void arguments_set(struct arguments *arguments, const char *variable,
                   const char *value);

void arguments_deinit(struct arguments *arguments);

/* Runs the program without standard input and appends what it prints to `out`
 * and `errors` (the same buffer: both together, as they come; NULL: not
 * wanted). Of our environment it gets only what says where things are on this
 * machine (PATH, HOME, TMPDIR and the like). LC_ALL is C, so that its messages
 * can be parsed; all else is what arguments_set was given. Returns the exit
 * status, 128 + the signal that ended it, 127 when the program does not exist,
 * or a negative errno.
 */
int arguments_run(const struct arguments *arguments, struct buffer *out,
                  struct buffer *errors);

#ifdef __cplusplus
}
#endif

#endif
