/* SPDX-License-Identifier: MIT */
/* The check of the learner's file, for commands that go on after it. */
#ifndef LESSONS_TOOL_LEARNER_CHECK_H
#define LESSONS_TOOL_LEARNER_CHECK_H

#include "lessons/tool/session.h"

/* Checks it as `check` does, as the step that is in it, which is the session's
 * afterwards; and prints only what is wrong. 0 when all tests have passed,
 * which is noted; else 1. */
int check_quietly(struct session *session);

#endif
