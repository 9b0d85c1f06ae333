/* SPDX-License-Identifier: MIT */
/* Many threads that wait, each on its own stack, and are woken all at once, in
 * turns. */
#ifndef HARNESS_CLAIMS_WAITING_THREADS_H
#define HARNESS_CLAIMS_WAITING_THREADS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct waiting_threads_size {
    size_t threads, turns;
};

enum {
    /* How many threads there were. If fewer than were wanted, the other figures
     * are 0. */
    WAITING_THREADS_STARTED,
    WAITING_THREADS_TURN, /* µs of CPU for a turn of one of them */
    WAITING_THREADS_KIB,  /* of memory for each */
    WAITING_THREADS_COLUMNS,
};

/* `context`: a struct waiting_threads_size. To be run in a process of its own:
 * it pins the process to one processor, and the threads live until the process
 * ends. */
int waiting_threads_sample(void *context, double *values);

#ifdef __cplusplus
}
#endif

#endif
