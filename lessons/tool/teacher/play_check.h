/* SPDX-License-Identifier: MIT */
/* Does everything exist that a play names? */
#ifndef LESSONS_TOOL_TEACHER_PLAY_CHECK_H
#define LESSONS_TOOL_TEACHER_PLAY_CHECK_H

#include "lessons/tool/session.h"
#include "lessons/tool/teacher/play_script.h"

/* Looks up sources and functions, rows of talks, mistakes, models, and what is
 * to be started; runs nothing. Appends a line to `why` for each that is
 * missing, and returns how many these are. */
int play_check(const struct session *session, const struct lesson *lesson,
               const struct play *play, struct buffer *why);

#endif
