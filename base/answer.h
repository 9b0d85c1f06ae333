/* SPDX-License-Identifier: MIT */
/* What a running program tells when it is asked, on standard error. */
#ifndef BASE_ANSWER_H
#define BASE_ANSWER_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes what print() prints, in one piece: other threads and processes write
 * to standard error, too. When memory does not suffice for the whole of it,
 * it says only that. */
void answer_write(void (*print)(void *context, FILE *out), void *context);

#ifdef __cplusplus
}
#endif

#endif
