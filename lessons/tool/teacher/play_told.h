/* SPDX-License-Identifier: MIT */
/* What a step of a play says by itself, before anything has run. */
#ifndef LESSONS_TOOL_TEACHER_PLAY_TOLD_H
#define LESSONS_TOOL_TEACHER_PLAY_TOLD_H

#include "lessons/tool/teacher/play_script.h"

/* Appends what is told, the question to be predicted, and the commands that
 * will run, in lines of `columns` characters. */
void play_append_told(struct buffer *text, const struct lesson *lesson,
                      const struct play_step *step, int columns);

/* Appends the commands alone, as they would be typed. */
void play_append_commands(struct buffer *text, const struct play_step *step);

/* Appends the source; or a sentence that says why it cannot be shown. */
void play_append_source(struct buffer *text, const struct lesson *lesson,
                        const struct play_step *step);

#endif
