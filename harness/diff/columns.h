/* SPDX-License-Identifier: MIT */
/* Two clients side by side, on a screen or as a page of HTML. */
#ifndef HARNESS_DIFF_COLUMNS_H
#define HARNESS_DIFF_COLUMNS_H

#include "harness/diff/hops.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct column {
    const char *model; /* "tasks" */
    const char *files; /* "coroutines/tasks.c, coroutines/hop.c" */
    struct hops hops;
};

/* `all`: also prints what is not about a hop; else only its number of lines.
 * `width`: of both columns together; longer lines are wrapped. */
void columns_print(const struct column columns[2], bool all, size_t width,
                   FILE *out);

/* Appends a whole page, which needs no other files. */
void columns_print_html(const struct column columns[2], bool all,
                        struct buffer *out);

#ifdef __cplusplus
}
#endif

#endif
