/* SPDX-License-Identifier: MIT */
/* What a learner who comes to a step is shown. */
#ifndef LESSONS_TOOL_LEARNER_ARRIVE_H
#define LESSONS_TOOL_LEARNER_ARRIVE_H

#include "lessons/tool/session.h"

/* The learner is at the chosen step from now on: that is saved, editors are
 * told how its file is compiled, and what to read and to write is printed. The
 * exit code of a command that ends with it. */
int arrive(struct session *session);

#endif
