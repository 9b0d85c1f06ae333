/* SPDX-License-Identifier: MIT */
/* The source that is shown beside what a step of a play runs. */
#ifndef LESSONS_TOOL_TEACHER_PLAY_SOURCE_H
#define LESSONS_TOOL_TEACHER_PLAY_SOURCE_H

#include "lessons/tool/lesson.h"

/* Appends what "FILE [FUNCTION ...]" names: the functions with the comments
 * above them, or the whole file without its licence. The file is one of the
 * lesson, its source as it is when solved; or one of the lab, where we are. 0;
 * or a negative errno, with a sentence in `why`. */
int play_source(const struct lesson *lesson, struct slice named,
                struct buffer *text, struct buffer *why);

#endif
