/* SPDX-License-Identifier: MIT */
/* When both sides of a merge have added lines at the same place, most often at
 * the end of the file, both want their lines, one after the other. */
#ifndef LESSONS_TOOL_LEARNER_JOIN_H
#define LESSONS_TOOL_LEARNER_JOIN_H

#include "base/bytes.h"

/* The three sides of a merge, again. */
struct sides {
    struct buffer mine, base, theirs;
};

/* Reads what git has merged in its style diff3, and appends it to each of the
 * sides. Where both have only added lines, all three get the lines of both,
 * unless both define a function of one name; every other conflict goes to each
 * side as what it has itself. How many of these there are, or -ENOMEM. */
int join_additions(struct slice merged, struct sides *sides);

void sides_deinit(struct sides *sides);

#endif
