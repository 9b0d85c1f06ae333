/* SPDX-License-Identifier: MIT */
/* Given: gather's struct, and a picture of what waits for what. */
#ifndef LESSONS_E5_TREE_H
#define LESSONS_E5_TREE_H

#include "coroutines/future_set.h"
#include "coroutines/task.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Several Futures as one. */
struct gather {
    struct future future;   /* the one that is returned; its what is "gather" */
    struct future_set set;  /* those that it was given */
    size_t left;            /* how many of them are not done yet */
    bool return_exceptions; /* failures are outcomes like any others */
    bool cancelling;        /* it was cancelled, and waits until they end */
};

/* The await tree: each Task of the loop that no other one waits for, and below
 * it what it waits for, to the bottom.
 *
 *     main
 *       gather of 2
 *         four
 *           sleep
 *         three
 *           sleep
 */
void tree_print(const struct loop *loop, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
