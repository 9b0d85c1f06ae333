/* SPDX-License-Identifier: MIT */
/* What a running program says on standard error when it is asked. */
#ifndef BASE_ANSWER_H
#define BASE_ANSWER_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes what print() prints, in one piece: other threads and processes write
 * to standard error, too. If memory does not suffice for all of it, only that
 * is said. */
void answer_write(void (*print)(void *context, FILE *out), void *context);

#ifdef __cplusplus
}
#endif

#endif
