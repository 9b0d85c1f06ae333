/* SPDX-License-Identifier: MIT */
#ifndef LESSONS_TOOL_LEARNER_START_H
#define LESSONS_TOOL_LEARNER_START_H

#include "lessons/tool/session.h"

/* What `start` does with the chosen step, and `next` with the next lesson: in a
 * lesson with work of the learner's in it that work goes on. The exit code. */
int start_chosen(struct session *session);

#endif
