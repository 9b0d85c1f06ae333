/* SPDX-License-Identifier: MIT */
/* git as it is delivered: what a user has told it for work by hand, such as
 * another program that shows differences, is not heard. */
#ifndef LESSONS_TOOL_LEARNER_GIT_H
#define LESSONS_TOOL_LEARNER_GIT_H

#include "base/program.h"

/* Begins a command of git: its settings and its name. */
void git_begin(struct arguments *git);

#endif
