/* SPDX-License-Identifier: MIT */
/* A model that fetches the pages of a talk, and what the probes note of that.
 */
#ifndef TALKS_RECORDED_H
#define TALKS_RECORDED_H

#include "harness/timeline/drawn.h"
#include "talks/talk.h"

/* Fetches all pages at once. 0 or a negative errno; deinitialise in both cases.
 */
int talk_record(struct drawn_run *run, struct talk *talk,
                const struct model *model);
void talk_record_deinit(struct drawn_run *run);

#endif
