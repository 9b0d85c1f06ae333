/* SPDX-License-Identifier: MIT */
/* A play on a terminal, led on by keys. */
#ifndef LESSONS_TOOL_TEACHER_PLAY_SHOW_H
#define LESSONS_TOOL_TEACHER_PLAY_SHOW_H

#include "lessons/tool/session.h"
#include "lessons/tool/teacher/play_script.h"

struct play_showing {
    struct session *session; /* the lesson is chosen */
    const struct play *play;
    int from; /* the step to begin with, from 0 on */
};

/* Shows it until it is left. The exit code. Standard input and output are a
 * terminal, whose settings it changes: the caller gives it back. */
int play_show(const struct play_showing *showing);

#endif
