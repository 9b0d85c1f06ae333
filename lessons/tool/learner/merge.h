/* SPDX-License-Identifier: MIT */
/* How the next step arrives in a file that is the learner's own. */
#ifndef LESSONS_TOOL_LEARNER_MERGE_H
#define LESSONS_TOOL_LEARNER_MERGE_H

#include "base/bytes.h"

/* What `theirs` changed since `base`, made in `mine` as well: git merge-file,
 * with scratch files in `folder`, whatever the user has told git. What both
 * have added at one place comes one behind the other, and is not a conflict.
 * Appends the result, with the ends of lines that most of `mine` has. Returns
 * how many conflicts it left in the text; or a negative errno, with a sentence
 * in `why`. */
int merge_text(struct slice mine, struct slice base, struct slice theirs,
               const char *folder, struct buffer *merged, struct buffer *why);

#endif
