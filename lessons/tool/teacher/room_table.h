/* SPDX-License-Identifier: MIT */
/* A room as a text: how many are at each step, which laptops have been at
 * one for how long and are stuck, and what they think will happen. */
#ifndef LESSONS_TOOL_TEACHER_ROOM_TABLE_H
#define LESSONS_TOOL_TEACHER_ROOM_TABLE_H

#include "lessons/tool/lesson.h"
#include "lessons/tool/teacher/room.h"

struct room_view {
    const struct room *room;
    struct lesson **lessons;
    nanos now; /* the clock of the room */
    int columns;
    int rows; /* of the screen; 0: all is shown */
    /* Whose guesses are shown; NULL: of those that have any, the step with most
     * laptops. */
    const struct lesson *predicted;
    int step;
};

/* A laptop that is at a step for more than this many times its minutes is
 * stuck. */
enum { ROOM_PATIENCE = 2 };

/* Appends the text. */
void room_append(const struct room_view *view, struct buffer *text);

/* How a laptop is called: by its name, or "laptop 5f0c". */
void room_label(const struct laptop *laptop, char *label, size_t size);

#endif
