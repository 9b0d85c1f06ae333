/* SPDX-License-Identifier: MIT */
/* The check of the learner's file, for commands that go on behind it. */
#ifndef LESSONS_TOOL_LEARNER_CHECK_H
#define LESSONS_TOOL_LEARNER_CHECK_H

#include "lessons/tool/session.h"

/* Checks it as `check` does, as the step that is in it, which is the session's
 * afterwards; and tells only what is wrong. 0 when all has passed, and that is
 * noted; else 1. */
int check_quietly(struct session *session);

#endif
