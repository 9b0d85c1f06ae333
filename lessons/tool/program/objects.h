/* SPDX-License-Identifier: MIT */
/* Object files, and the names in them. */
#ifndef LESSONS_TOOL_PROGRAM_OBJECTS_H
#define LESSONS_TOOL_PROGRAM_OBJECTS_H

#include "lessons/tool/program/toolchain.h"

/* Makes one of them, `joined`, of which only models_mine is seen outside: a
 * learner's functions may have the names of the lab's own. As
 * toolchain_compile. */
int objects_join(const struct toolchain *toolchain,
                 const struct arguments *objects, const char *joined,
                 struct buffer *said);

/* What of the lesson's functions a joined one calls and does not have; each is
 * named in `said`, as a linker would. The linker itself would take the lab's
 * own function of that name and say nothing. 1, 0 for none, or as
 * toolchain_compile. */
int objects_find_missing(const struct lesson *lesson, const char *joined,
                         struct buffer *said);

/* Has the watched calls of an object, which is a learner's, go through the
 * functions of check/calls.h. As toolchain_compile. */
int objects_watch(const struct toolchain *toolchain, const char *object,
                  struct buffer *said);

#endif
