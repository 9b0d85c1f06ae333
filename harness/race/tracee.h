/* SPDX-License-Identifier: MIT */
/* A traced program: it and all that it starts are stopped where ptrace is asked
 * to stop them, so its times are worthless. */
#ifndef HARNESS_RACE_TRACEE_H
#define HARNESS_RACE_TRACEE_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How long it may take, in seconds, before SIGALRM ends it. */
enum { TRACEE_PATIENCE = 60 };

/* Starts it in a group of its own, its output thrown away, and leaves it
 * stopped before its first step. Its threads and children will be traced as
 * well. 0; -EPERM where the machine does not allow tracing; or another negative
 * errno. */
int tracee_start(const char *program, char *const *arguments, pid_t *child);

/* The signal that a stopped task with this status gets when it goes on. */
int tracee_signal(int status);

/* Ends all that is left of the group. */
void tracee_end(pid_t child);

#ifdef __cplusplus
}
#endif

#endif
