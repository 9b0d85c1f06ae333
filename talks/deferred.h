/* SPDX-License-Identifier: MIT */
/* For the programs about Deferreds, instead of talk.h: what they all need, and
 * no slide shows. */
#ifndef TALKS_DEFERRED_H
#define TALKS_DEFERRED_H

#include "callbacks/failure.h"
#include "deferreds/deferred.h"
#include "deferreds/rung_name.h"
#include "talks/talk.h"

#include "deferreds/debug.h"

/* Prints what a rung is given: its name and the outcome. */
void talk_say_outcome(struct talk *talk, const char *rung,
                      const struct outcome *outcome);

/* A rung that prints what it is given, and passes it on. Its context is the
 * talk. */
struct outcome talk_print(void *talk, struct outcome outcome);

#endif
