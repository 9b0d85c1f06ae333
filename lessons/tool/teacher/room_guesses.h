/* SPDX-License-Identifier: MIT */
/* What a room thinks will happen, as a histogram. */
#ifndef LESSONS_TOOL_TEACHER_ROOM_GUESSES_H
#define LESSONS_TOOL_TEACHER_ROOM_GUESSES_H

#include "lessons/tool/teacher/room_table.h"

/* Appends the question and its answers, the most frequent first, no more than
 * `answers`; nothing when no guess was made. Guesses that differ only in
 * capital letters, spaces and a full stop are one. */
void room_append_guesses(const struct room_view *view, int answers,
                         struct buffer *text);

#endif
