/* SPDX-License-Identifier: MIT */
/* A known wrong solution: the right one, with a passage written otherwise, or
 * with several. And its kin: a solution that is right, although it is written
 * quite differently; it has no line "caught-by".
 *
 *     caught-by: Step1.SchedulingTwiceQueuesOnce
 *     only: thread
 *     blind: caught
 *     why: a handle that is in the queue is put in again
 *     --- instead of
 *     lines of the solution, which are there exactly once
 *     --- write
 *     other lines
 *     --- instead of
 *     …
 *
 * Each passage is looked for in what the ones before it have left. "only" names
 * the sanitizer without which it is not caught; mostly none. "blind" says that
 * it was written from the lesson's text alone, without a look at the check; and
 * that it was caught at once, or else that the check was "mended".
 */
#ifndef LESSONS_TOOL_AUTHOR_MUTANT_H
#define LESSONS_TOOL_AUTHOR_MUTANT_H

#include "base/bytes.h"

struct mutant {
    char *name;            /* of its file, without the ending */
    char *caught_by;       /* NULL: it passes */
    char *only;            /* NULL: with any sanitizer */
    char *reason;          /* what it does wrong, its line "why"; NULL */
    bool blind;            /* written without a look at the check */
    bool mended;           /* which did not catch it then */
    struct buffer text;    /* of its file */
    struct slice passages; /* the rest of it, from the first "--- instead of" */
};

struct mutants {
    struct mutant *list;
    size_t count;
};

/* All of folder/mutants, or of folder/kin, by name. 0 or a negative errno, with
 * a sentence in `why`. */
int mutants_load(struct mutants *mutants, const char *folder,
                 struct buffer *why);
int mutants_load_kin(struct mutants *kin, const char *folder,
                     struct buffer *why);
void mutants_deinit(struct mutants *mutants);

/* Appends the solution as this mutant would have it. 0; or -ESTALE when a
 * passage is not in it exactly once. */
int mutant_apply(const struct mutant *mutant, struct slice solution,
                 struct buffer *text, struct buffer *why);

#endif
