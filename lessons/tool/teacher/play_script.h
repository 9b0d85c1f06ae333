/* SPDX-License-Identifier: MIT */
/* The script of a demonstration: play.md in a lesson's folder, a text that can
 * be read as it is. A heading begins a step, paragraphs are what is told, and
 * what is indented is done:
 *
 *     ## The ready queue
 *
 *     A turn takes the whole queue before it runs the first call of it.
 *
 *         source loop.c run_ready
 *         ./lab talk B0
 *
 * What comes before the first of these headings is a step, too, and has the
 * lesson's title. What a step can do:
 *
 *     predict N            asks the question of the lesson's step N, then
 *                          shows the answer
 *     ./lab COMMAND ...    runs it; $COLUMNS is how wide the screen is
 *     source FILE [FUNCTION ...]  shows it beside: a file of the lesson, as it
 *                          is when solved, or one of the lab
 *     start ./lab COMMAND ...     runs beside the command, and is ended with
 *                          it: from then on $PID is its process, and $URL what
 *                          it serves
 *     open FILE            then shows a picture or a page that it has made,
 *                          where there is a desktop
 *
 * The first two: one of them a step. */
#ifndef LESSONS_TOOL_TEACHER_PLAY_SCRIPT_H
#define LESSONS_TOOL_TEACHER_PLAY_SCRIPT_H

#include "lessons/tool/lesson.h"

enum { PLAY_STEPS_MAX = 64, PLAY_STARTS_MAX = 3 };

struct play_step {
    int line; /* of the script, where it begins */
    struct slice title;
    struct buffer told; /* a paragraph a line */
    int predict;        /* the lesson's step whose question it is; 0: none */
    struct slice command, source, open; /* what comes behind "./lab", "source",
                                         * "open"; or empty */
    struct slice starts[PLAY_STARTS_MAX]; /* as the command */
    int start_count;
};

struct play {
    struct buffer text; /* of the script; the slices are of it */
    struct play_step steps[PLAY_STEPS_MAX];
    int count;
};

/* Where the script of a lesson lies, below its folder. */
#define PLAY_FILE "play.md"

/* Reads the lesson's script. 0; or a negative errno, with a sentence in `why`,
 * and then there is nothing to deinit. */
int play_load(struct play *play, const struct lesson *lesson,
              struct buffer *why);

/* The same from a text. */
int play_parse(struct play *play, const struct lesson *lesson,
               struct slice text, struct buffer *why);

void play_deinit(struct play *play);

/* Is there anything that it runs? */
static inline bool play_step_acts(const struct play_step *step)
{
    return step->predict || step->command.size;
}

/* The next word of a text, which is taken from it; empty: there is none. */
struct slice play_word(struct slice *text);

#endif
