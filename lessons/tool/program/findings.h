/* SPDX-License-Identifier: MIT */
/* Builds and runs a check, and collects the result of each test. */
#ifndef LESSONS_TOOL_PROGRAM_FINDINGS_H
#define LESSONS_TOOL_PROGRAM_FINDINGS_H

#include "lessons/tool/program/build.h"

enum verdict {
    VERDICT_PASSED,
    VERDICT_NOT_WRITTEN,
    VERDICT_FAILED,
    VERDICT_HUNG,
    VERDICT_CRASHED,
    VERDICT_RACED, /* two threads, one memory, no lock */
    VERDICT_LEFT,  /* its process ended before the test did */
    VERDICT_NOT_RUN,
    VERDICT_NOT_COMPILING,
};

const char *verdict_word(enum verdict verdict);

/* One test and its result. All texts are owned. */
struct finding {
    char *test; /* "Step1.Name"; NULL for VERDICT_NOT_COMPILING */
    enum verdict verdict;
    char *where;   /* "run_ready, loop.c:54", or "" */
    char *message; /* of the check, or of the compiler */
    char *output;  /* what the program printed */
    char *said;    /* by sanitizers */
    char *program; /* the check, for a debugger */
};

struct findings {
    struct finding *list;
    size_t count;
    size_t wanted; /* how many tests; not all are run behind one that hangs */
    struct buffer said; /* by a compiler that was content: warnings, and a NUL
                           behind them that does not count */
};

/* Which checks. */
struct selection {
    int step;         /* those of all steps so far */
    const char *only; /* of these, the one with this name; NULL: all */
    int seconds;      /* that a test may take; 0: as long as a learner's */
    bool promptly;    /* what hangs shall be told soon: the tests of this step
                         are run beside those of the steps before; and what has
                         hung in this folder the last time before all others. If
                         it hangs again, they are not run, though they come
                         before it */
    const char *progress; /* with `promptly`: the test that runs is in this
                             file, or that of a step before in FILE.before;
                             NULL: none */
};

/* Builds `source` as a step of the lesson and runs checks, in `folder`. 0,
 * however bad the findings are; or a negative errno, with a sentence in `why`.
 * Each of the wanted tests that is not among them is one that could not be run
 * behind a bad one: a check that ends early is a finding as well. */
int findings_collect(struct findings *findings,
                     const struct toolchain *toolchain,
                     const struct lesson *lesson,
                     const struct selection *selection, const char *source,
                     const char *folder, struct buffer *why);

/* Adds the output of a check, and a finding if it ended early. `status` as
 * arguments_run has it. 0, or -ENOMEM: then some of it is missing. */
int findings_read(struct findings *findings, struct slice said, int status,
                  const char *program);

void findings_deinit(struct findings *findings);

/* The step whose test it is; 0 when it is not a test's. */
int finding_step(const struct finding *finding);

size_t findings_passed(const struct findings *findings);

/* The first that has not passed; NULL when all have. */
const struct finding *findings_first_bad(const struct findings *findings);

/* The finding to show a learner at this step: a test that does not end; else
 * the first one, if its line is known; else one of this step, which says more
 * than a failure that it caused in an earlier step. NULL when all tests have
 * passed. */
const struct finding *findings_to_tell(const struct findings *findings,
                                       int step);

#endif
