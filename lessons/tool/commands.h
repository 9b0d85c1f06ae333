/* SPDX-License-Identifier: MIT */
/* The commands around lessons. Each returns the exit code: 0; 1 when a check
 * has not passed; 2 for a call that makes no sense, after saying so. */
#ifndef LESSONS_TOOL_COMMANDS_H
#define LESSONS_TOOL_COMMANDS_H

#include "lessons/tool/place.h"

int lesson_main(const struct place *place, int argc, char **argv);

#endif
