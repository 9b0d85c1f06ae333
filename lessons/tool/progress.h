/* SPDX-License-Identifier: MIT */
/* Where a learner stands: one text file, a fact a line, to be read and mended
 * by hand.
 *
 *     at E0 2
 *     passed E0 1
 *     hint E0 2
 *     predicted E0 1 a b z
 */
#ifndef LESSONS_TOOL_PROGRESS_H
#define LESSONS_TOOL_PROGRESS_H

#include "base/bytes.h"

struct progress {
    char lesson[32]; /* empty: none was started */
    int step;
    struct buffer facts; /* all other lines, oldest first */
};

/* Reads folder/state; without one, nothing has been done yet. 0 or a negative
 * errno. */
int progress_load(struct progress *progress, const char *folder);
int progress_save(const struct progress *progress, const char *folder);
void progress_deinit(struct progress *progress);

/* How often a fact stands there: its word, lesson and step. */
int progress_count(const struct progress *progress, const char *word,
                   const char *lesson, int step);

/* Adds one; `text` may be NULL. 0 or -ENOMEM. */
int progress_note(struct progress *progress, const char *word,
                  const char *lesson, int step, const char *text);

/* Forgets all of a kind about a step. */
void progress_forget(struct progress *progress, const char *word,
                     const char *lesson, int step);

#endif
