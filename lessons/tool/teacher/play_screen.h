/* SPDX-License-Identifier: MIT */
/* The screen of a play: a title, what is shown, and the keys. */
#ifndef LESSONS_TOOL_TEACHER_PLAY_SCREEN_H
#define LESSONS_TOOL_TEACHER_PLAY_SCREEN_H

#include "base/bytes.h"

struct play_view {
    const char *lesson; /* its name */
    struct slice title; /* of the step */
    int step, steps;
    const char *note;    /* what goes on, or NULL */
    const char *space;   /* what the space bar does */
    struct slice text;   /* what is shown */
    struct slice beside; /* to the left of it, on a screen that is wide enough;
                          * or empty */
    int top;             /* the first row of the text that is seen */
    int beside_top;      /* …and of what is beside it */
};

/* How wide what is shown may be, beside that. */
int play_screen_columns(struct slice beside);

/* How many rows of what is shown are seen at once. */
int play_screen_rows(void);

/* Draws it. Returns how many rows of the text are below the screen. */
int play_screen_draw(const struct play_view *view);

#endif
