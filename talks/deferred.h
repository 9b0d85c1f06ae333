/* SPDX-License-Identifier: MIT */
/* For the programs about Deferreds, instead of talk.h: what they all need, and
 * no slide shows. */
#ifndef TALKS_DEFERRED_H
#define TALKS_DEFERRED_H

#include "deferreds/deferred.h"
#include "deferreds/later.h"
#include "deferreds/page.h"
#include "deferreds/reactor.h"
#include "deferreds/rung_name.h"
#include "talks/talk.h"

#include <errno.h>
#include <stdio.h>

#include "deferreds/debug.h"

static const nanos SECOND = NANOS_PER_SECOND;

/* Prints what a rung is given: its name and the outcome. */
void talk_say_outcome(struct talk *talk, const char *rung,
                      const struct outcome *outcome);

/* A rung that prints what it is given, and passes it on. Its context is the
 * talk. */
struct outcome talk_print(void *talk, struct outcome outcome);

/* An errback that prints the failure, and mends it. */
struct outcome talk_print_error(void *talk, struct outcome failure);

/* Runs the program as Twisted's task.react does, on a loop that really waits:
 * main gets the talk as its context. 0, or -EIO after a failure, which is
 * reported. */
int talk_react(struct talk *talk, react_main *main);

/* getPage of a target on the lab's own server. */
struct deferred *talk_get_page(struct talk *talk, struct reactor *reactor,
                               const char *target);

/* What an outcome_pending of it is; a failure where it is NULL. */
struct outcome talk_outcome(struct deferred *deferred);

/* Appends the URL of the target, terminated. 0 or -ENOMEM. */
int talk_url(const struct talk *talk, const char *target, struct buffer *url);

#endif
