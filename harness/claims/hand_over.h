/* SPDX-License-Identifier: MIT */
/* Something is handed over and answered, again and again, between two processes
 * by a pipe, and between two threads in memory. */
#ifndef HARNESS_CLAIMS_HAND_OVER_H
#define HARNESS_CLAIMS_HAND_OVER_H

#ifdef __cplusplus
extern "C" {
#endif

/* µs of CPU, of both sides together. Both are on one processor, so that it is
 * the hand-over that counts, and not where the other one happens to be. */
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
