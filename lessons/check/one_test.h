/* SPDX-License-Identifier: MIT */
/* One test, in a process of its own that is watched over: whatever the
 * learner's code does in there, it ends in time. */
#ifndef LESSONS_CHECK_ONE_TEST_H
#define LESSONS_CHECK_ONE_TEST_H

#include "lessons/check/report.h"

#include <string>

struct Outcome {
    std::string verdict; /* a word: see runner.cc */
    std::string message; /* what was wrong */
    std::string where;   /* "run_ready, loop.c:54", or empty */
    std::string output;  /* what the program printed */
    std::string said;    /* by sanitizers: crashes, and where its threads are */
};

/* Runs the test of that name for `seconds` at most. `report` is memory
 * that is shared with processes that are forked; it is used anew. */
Outcome run_test(const std::string &name, int seconds, struct report *report);

/* The same in this very process, for a debugger. Its exit code. */
int run_test_here(const std::string &name, struct report *report);

#endif
