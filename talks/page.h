/* SPDX-License-Identifier: MIT */
/* The pages of a talk, from beginning to end: for main(). */
#ifndef TALKS_PAGE_H
#define TALKS_PAGE_H

#include "talks/talk.h"

/* A page for each site. 0 or a negative errno; deinitialise in both cases. */
int talk_pages_init(struct talk *talk);
void talk_pages_deinit(struct talk *talk);

/* Prints those whose exchanges are done. */
void talk_pages_print(const struct talk *talk);

#endif
