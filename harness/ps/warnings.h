/* SPDX-License-Identifier: MIT */
/* What looks wrong, when a program is looked at several times in a row: the
 * warnings of Rust's tokio-console. */
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

/* Is the descriptor ready for that now? Looked at through a copy of it; so it
 * has to be asked while the program runs. False where that is forbidden. */
bool descriptor_is_ready(const struct target *target, int fd,
                         unsigned interest);

#ifdef __cplusplus
}
#endif

#endif
