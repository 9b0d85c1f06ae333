/* SPDX-License-Identifier: MIT */
/* How many system calls a program makes, with all threads and processes that it
 * starts. It is stopped at each call, so its times are worthless. */
#ifndef HARNESS_RACE_CALLS_H
#define HARNESS_RACE_CALLS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the program, in a group of its own and with its standard output thrown
 * away, to its end. 0; -EPERM where the machine does not allow tracing; -EIO
 * when the program did not end by itself with exit code 0; or another negative
 * errno. */
int calls_count(const char *program, char *const *arguments, uint64_t *count);

#ifdef __cplusplus
}
#endif

#endif
