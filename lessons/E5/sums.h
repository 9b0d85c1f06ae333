/* SPDX-License-Identifier: MIT */
/* Given: the coroutines of the slides, with the macros of coroutines/frame.h.
 * Storage is the caller's. */
#ifndef LESSONS_E5_SUMS_H
#define LESSONS_E5_SUMS_H

#include "coroutines/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* print_sum, which calls compute (B5). */
struct sum {
    struct frame frame, callee;
    struct loop *loop;
    intptr_t x, y;
    void (*say)(struct sum *self, const char *text);
};

struct generator *sum_init(struct sum *sum);

/* 0 … 9 from an inner generator, and 10 … 19 from another one (A13). */
struct twenty {
    struct frame frame, callee;
    intptr_t i, end;
};

struct generator *twenty_init(struct twenty *twenty);

#ifdef __cplusplus
}
#endif

#endif
