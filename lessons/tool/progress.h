/* SPDX-License-Identifier: MIT */
/* Where a learner is: one text file, a fact a line, to be read and mended
 * by hand.
 *
 *     at E0 2
 *     passed E0 1
 *     hint E0 2
 *     predicted E0 1 a b z
 *     began E0 2 2026-11-30T09:40:00Z
 */
#ifndef LESSONS_TOOL_PROGRESS_H
#define LESSONS_TOOL_PROGRESS_H

#include "base/bytes.h"

#include <stdint.h>

struct progress {
    char lesson[32]; /* empty: none was started */
    int step;
    struct buffer facts; /* all other lines, oldest first */

    /* What is new since the file was read. */
    bool moved;
    struct buffer noted;
};

/* Reads such a text. Lines that say something else are kept as facts, too; an
 * empty line is not. 0 or -ENOMEM; to be given back in any case. */
int progress_read(struct progress *progress, struct slice text);

/* Reads folder/state; without one, nothing has been done yet. 0 or a negative
 * errno. */
int progress_load(struct progress *progress, const char *folder);

/* Adds to folder/state what is new. Another command may have written there
 * since: under a lock the file is read anew, so that what it has noted stays,
 * and is known here afterwards. 0 or a negative errno: -ENOMEM also where
 * something could not be noted. */
int progress_save(struct progress *progress, const char *folder);
void progress_deinit(struct progress *progress);

/* How often a fact is there: its word, lesson and step. */
int progress_count(const struct progress *progress, const char *word,
                   const char *lesson, int step);

/* Adds one; `text` may be NULL. Without memory for it progress_save fails. */
void progress_note(struct progress *progress, const char *word,
                   const char *lesson, int step, const char *text);

/* The text of the fact that was noted last, up to its line's end; nothing when
 * there is none. It is lent until the next one is noted. */
struct slice progress_text(const struct progress *progress, const char *word,
                           const char *lesson, int step);

/* How a moment is noted, for strftime, in UTC. */
#define PROGRESS_MOMENT "%Y-%m-%dT%H:%M:%SZ"

/* For how many seconds a step has been under way, by this machine's clock; -1
 * when it was not noted that it began, or that is not over yet. */
int64_t progress_since(const struct progress *progress, const char *lesson,
                       int step);

/* The learner is there from now on. */
void progress_move(struct progress *progress, const char *lesson, int step);

#endif
