/* SPDX-License-Identifier: MIT */
/* What looks wrong in several snapshots of a program: the warnings of Rust's
 * tokio-console. */
#ifndef HARNESS_PS_WARNINGS_H
#define HARNESS_PS_WARNINGS_H

#include "harness/ps/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called with each warning: a sentence. */
typedef void warnings_tell(void *context, const char *sentence);

/* `snapshots` are in the order in which they were taken; with fewer than two
 * nothing is wrong. */
void warnings_find(const struct target *target,
                   const struct snapshot *snapshots, size_t count,
                   warnings_tell *tell, void *context);

/* Fills in `ready_now` and `unread` of a watch, by a copy of the descriptor. So
 * this has to be called while the program runs. If copying is forbidden the
 * watch counts as not ready. */
void watch_look_again(const struct target *target, struct shown_handle *watch);

#ifdef __cplusplus
}
#endif

#endif
