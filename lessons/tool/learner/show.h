/* SPDX-License-Identifier: MIT */
/* Small programs of a lesson, which show something when they run. */
#ifndef LESSONS_TOOL_LEARNER_SHOW_H
#define LESSONS_TOOL_LEARNER_SHOW_H

#include "lessons/tool/session.h"

/* Builds the program whose source lies in the chosen lesson's folder, runs it,
 * and prints what it prints. Its exit code; or a negative errno or 1 after
 * saying why it could not be built. */
int show_program(const struct session *session, const char *source);

/* Shows the answer to the chosen step's question: runs its program, prints the
 * guess, if there is one, the answer, and why. 0; or what show_program returns
 * when that is another. */
int show_answer(const struct session *session, struct slice guess);

#endif
