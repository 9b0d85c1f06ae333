/* SPDX-License-Identifier: MIT */
/* Draws the Deferreds of a program, step by step. */
#ifndef TALKS_DRAW_H
#define TALKS_DRAW_H

struct talk_drawing;

/* From now on each step of a Deferred that has a callback or errback of this
 * program is drawn: on standard output, or, when `path` is not NULL, all steps
 * in one SVG file of that name. 0 or a negative errno. */
int talk_draw_begin(struct talk_drawing **drawing, const char *path);

/* Writes that file. NULL is harmless. 0 or a negative errno. */
int talk_draw_end(struct talk_drawing *drawing);

#endif
