/* SPDX-License-Identifier: MIT */
/* Starting a program, and what can be done with it by its pidfd. Nothing here
 * knows a loop; see subprocess.h. */
#ifndef CALLBACKS_SPAWN_H
#define CALLBACKS_SPAWN_H

#include "callbacks/subprocess.h"

#ifdef __cplusplus
extern "C" {
#endif

struct spawned {
    pid_t pid; /* above 0 */
    int pidfd; /* -1: it has ended, and the system has forgotten it */
    int ends[SUBPROCESS_STREAMS]; /* ours, of the pipes; -1: not a pipe */
};

/* 0, and all descriptors in `spawned` are the caller's; or a negative errno. */
int spawn(struct spawned *spawned, const struct subprocess_options *options);

/* How it has ended, for struct subprocess. Waits for that if `now` is false;
 * else SUBPROCESS_RUNNING when it has not. It can be asked once. */
int spawned_returncode(int pidfd, bool now);

#ifdef __cplusplus
}
#endif

#endif
