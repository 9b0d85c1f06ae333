/* SPDX-License-Identifier: MIT */
/* A snapshot on a screen. */
#ifndef HARNESS_PS_PRINT_H
#define HARNESS_PS_PRINT_H

#include "harness/ps/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Prints what its threads do, a table of its Tasks and one of its callbacks. */
void print_ps(struct snapshot *snapshot, FILE *out);

/* The same with the tree of what awaits what instead of the first table. */
void print_pstree(struct snapshot *snapshot, FILE *out);

/* A warning. In colour, where that is wanted. */
void print_warning(const char *sentence, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
