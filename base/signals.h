/* SPDX-License-Identifier: MIT */
/* Which signals a worker leaves to the program. */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <signal.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fills the set with what comes from outside: all signals but those that a
 * thread causes by its own doing (SIGSEGV, SIGABRT …). Threads and children of
 * ours block this set, so that the program's handlers run on the program's own
 * threads. The others must stay unblocked: the kernel ends a process that
 * causes a blocked one at once, without a word to a handler, a debugger or a
 * sanitizer. */
void signals_from_outside(sigset_t *set);

#ifdef __cplusplus
}
#endif

#endif
