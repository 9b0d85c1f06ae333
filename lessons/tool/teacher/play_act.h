/* SPDX-License-Identifier: MIT */
/* What a step of a play does, in a process of its own. */
#ifndef LESSONS_TOOL_TEACHER_PLAY_ACT_H
#define LESSONS_TOOL_TEACHER_PLAY_ACT_H

#include "lessons/tool/session.h"
#include "lessons/tool/teacher/play_script.h"

/* Does it, and prints what comes of it to standard output and error, which is
 * `columns` wide. The programs that it has started end with it, and whatever it
 * runs ends when this process does. The exit code. Call it in a process that
 * was forked off for it; the session is one of the lesson. */
int play_act(struct session *session, const struct play_step *step,
             int columns);

#endif
