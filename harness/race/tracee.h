/* SPDX-License-Identifier: MIT */
/* A program that runs under our eyes: it and all that it starts are stopped
 * where ptrace is asked to stop them, so its times are worth nothing. */
#ifndef HARNESS_RACE_TRACEE_H
#define HARNESS_RACE_TRACEE_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How long it may take, in seconds: then it is ended by SIGALRM. */
enum { TRACEE_PATIENCE = 60 };

/* Starts it in a group of its own, its output thrown away, and leaves it
 * stopped before its first step. Its threads and children will be traced as
 * well. 0; -EPERM where the machine does not let us look; or another negative
 * errno. */
int tracee_start(const char *program, char *const *arguments, pid_t *child);

/* Which signal a stopped task is to get when it goes on, by its status. */
int tracee_signal(int status);

/* Ends whatever there is left of the group. */
void tracee_end(pid_t child);

#ifdef __cplusplus
}
#endif

#endif
