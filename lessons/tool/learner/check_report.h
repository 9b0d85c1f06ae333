/* SPDX-License-Identifier: MIT */
/* What a check has found, for programs that mark or collect. */
#ifndef LESSONS_TOOL_LEARNER_CHECK_REPORT_H
#define LESSONS_TOOL_LEARNER_CHECK_REPORT_H

#include "lessons/tool/program/findings.h"

/* Whose findings they are. */
struct checked {
    const struct lesson *lesson;
    int step; /* so far goes the learner's file */
    const char *file;
    const struct findings *findings;
};

/* Appends a JUnit file: a testsuite, and in it a testcase for each test. What
 * has not passed has a <failure> with what a learner is told; tests that were
 * not run, and steps that the file does not have yet, are <skipped>. 0 or
 * -ENOMEM. */
int check_report_junit(const struct checked *checked, struct buffer *out);

/* Appends Gradescope's results.json: one test for each step of the lesson, of
 * one point each. A step has passed when all of its tests have. 0 or -ENOMEM.
 */
int check_report_gradescope(const struct checked *checked, struct buffer *out);

#endif
