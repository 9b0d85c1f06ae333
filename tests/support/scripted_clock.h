/* SPDX-License-Identifier: MIT */
/* Time that jumps, for a program that reads the real clock and really waits: a
 * wait that has an end, and for which nothing is ready, is over at once, and
 * the clock has moved on by as much. Between two such waits it stands still, so
 * that a test knows what time it is to the nanosecond. A wait without an end
 * waits for what is to come. So a test of seconds takes no time, and no machine
 * is too slow for it, provided that each wait it tests has an end.
 *
 * Linked in by --wrap, together with scripted_sockets. What jumps is
 * CLOCK_MONOTONIC, for this process and those that it forks afterwards, and
 * with it ppoll, select, epoll_wait and uring's wait. What waits in the kernel
 * for another reason, as recv() with its timeout does or a thread for a
 * condition, takes its time, of which this clock knows nothing.
 */
#ifndef SUPPORT_SCRIPTED_CLOCK_H
#define SUPPORT_SCRIPTED_CLOCK_H

#include "base/nanos.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 0 or a negative errno. */
int scripted_clock_begin(void);
void scripted_clock_end(void);

/* How far it has jumped since scripted_clock_begin, in all processes. */
nanos scripted_clock_jumped(void);

/* For functions that replace a wait: does this wait jump? Such a one looks
 * without waiting; and if it has found nothing, it jumps. */
bool scripted_clock_is_on(void);
void scripted_clock_jump(nanos span);

#ifdef __cplusplus
}
#endif

#endif
