/* SPDX-License-Identifier: MIT */
/* The proof of a lesson: that it can be learned with. Each starter compiles,
 * ends, fails its own step's test and none of an earlier step; each solution
 * passes all so far; merging a solution into the next step gives the next
 * starter; every mutant is caught by the test that it names. */
#ifndef LESSONS_TOOL_PROOF_H
#define LESSONS_TOOL_PROOF_H

#include "lessons/tool/build.h"

#include <stdio.h>

struct proof {
    int steps, starters, solutions, merges, mutants;
    int failures;
};

/* Proves one lesson, in `folder`, with a line on `out` for each failure; adds
 * to the counts. 0, whatever was found; or a negative errno, with a sentence in
 * `why`. */
int lesson_prove(const struct lesson *lesson, const struct toolchain *toolchain,
                 const char *folder, struct proof *proof, FILE *out,
                 struct buffer *why);

#endif
