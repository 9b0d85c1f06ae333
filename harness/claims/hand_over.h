/* SPDX-License-Identifier: MIT */
/* Hands something over and waits for the answer, again and again: between two
 * processes by a pipe, and between two threads in memory. */
#ifndef HARNESS_CLAIMS_HAND_OVER_H
#define HARNESS_CLAIMS_HAND_OVER_H

#ifdef __cplusplus
extern "C" {
#endif

/* µs of CPU, of both sides together. Both run on one processor, so that the
 * hand-over is measured, and not on which processors they happen to be. */
enum {
    SMALL_BY_PIPE,
    SMALL_IN_MEMORY,
    SMALL_RATIO,
    LARGE_BY_PIPE,
    LARGE_IN_MEMORY,
    LARGE_RATIO,
    HAND_OVER_COLUMNS,
};

/* `context`: how many times, a size_t. In a process of its own: it pins that.
 */
int hand_over_sample(void *context, double *values);

#ifdef __cplusplus
}
#endif

#endif
