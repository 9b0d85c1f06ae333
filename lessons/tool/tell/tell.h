/* SPDX-License-Identifier: MIT */
/* What a learner reads about a check. Lines have at most `columns` characters;
 * `file` is the learner's. */
#ifndef LESSONS_TOOL_TELL_TELL_H
#define LESSONS_TOOL_TELL_TELL_H

#include "lessons/tool/program/findings.h"

/* Appends what was expected, what happened and where, what the program has
 * printed, and how to repeat it. */
void finding_tell(const struct finding *finding, const struct lesson *lesson,
                  const char *file, int columns, struct buffer *out);

/* The first warning in what a content compiler has `said`, other than about
 * what can wait; nothing when there is none. */
void warning_tell(const char *said, const char *file, int columns,
                  struct buffer *out);

/* ---- parts of it ---- */

/* What a test's name promises: "Step1.WhatACallbackSchedules" is "what a
 * callback schedules". */
void promise_tell(const char *test, struct buffer *out);

/* Of what compiler and linker have said the first error. */
void error_tell(const char *said, const struct lesson *lesson, const char *file,
                int columns, struct buffer *out);

/* The complaint of a check, as GoogleTest words it: what it is, what it should
 * be, and the check's own sentence. An expression of C++ is not told to a
 * learner, who writes C, unless it is a name. */
void complaint_tell(const char *message, int columns, struct buffer *out);

#endif
