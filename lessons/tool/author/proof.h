/* SPDX-License-Identifier: MIT */
/* The proof of a lesson: that it can be learned with. Its source is laid out as
 * layout.h says, in the lab's style at every step. Each starter compiles,
 * without a warning, ends, fails its own step's test and none of an earlier
 * step; each solution passes all so far; merging a solution into the next step
 * gives the next starter; every mutant is caught by the test that it names, and
 * its kin, right although written differently, passes; and what can be raced
 * fetches pages. */
#ifndef LESSONS_TOOL_AUTHOR_PROOF_H
#define LESSONS_TOOL_AUTHOR_PROOF_H

#include "lessons/tool/program/build.h"

#include <stdio.h>

struct proof {
    int steps, starters, solutions, merges, mutants, raced;
    int caught;        /* of the mutants */
    int blind, mended; /* of the mutants, as mutant.h has them */
    int kin;
    int failures;
};

struct proof_setup {
    const struct toolchain *check, *race;
    const char *folder; /* for everything that is made on the way */
    bool again;         /* by a second sanitizer: only solutions, and mutants
                           that no other one catches */
    bool quick;         /* without what no other compiler would change: merges,
                           mutants and kin */
    FILE *out;          /* a line for each failure */
};

/* Proves one lesson; adds to the counts. 0, whatever was found; or a negative
 * errno, with a sentence in `why`. */
int lesson_prove(const struct lesson *lesson, const struct proof_setup *setup,
                 struct proof *proof, struct buffer *why);

#endif
