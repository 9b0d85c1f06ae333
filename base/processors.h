/* SPDX-License-Identifier: MIT */
/* The processors that the calling thread may run on. A container, taskset or a
 * pin may allow it fewer than are online, and only the allowed ones may be
 * handed out. */
#ifndef BASE_PROCESSORS_H
#define BASE_PROCESSORS_H

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many these are; at least 1. */
size_t processors_allowed(void);

/* How many are online, allowed or not; 0 where the system does not tell. */
size_t processors_online(void);

/* The system's number for one of them, counted from the last: 0 is the last
 * one, 1 the one before it. -1 if there are not as many. */
int processors_from_last(size_t place);

/* Keeps a thread (its ID, or a process's for its main thread; 0: the caller) on
 * one processor, or, with -1, on those that the caller may run on. Threads and
 * processes that it starts later inherit that. 0 or a negative errno. */
int processors_pin(pid_t thread, int processor);

#ifdef __cplusplus
}
#endif

#endif
