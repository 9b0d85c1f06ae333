/* SPDX-License-Identifier: MIT */
/* Many threads that wait, each on its own stack, and are woken all at once, in
 * turns. */
#ifndef HARNESS_CLAIMS_CROWD_H
#define HARNESS_CLAIMS_CROWD_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct crowd_size {
    size_t threads, turns;
};

enum {
    CROWD_STARTED, /* how many threads there were: fewer than were wanted, and
                      then the rest is 0 */
    CROWD_TURN,    /* µs of CPU for a turn of one of them */
    CROWD_KIB,     /* of memory for each */
    CROWD_COLUMNS,
};

/* `context`: a struct crowd_size. In a process of its own: it pins that to one
 * processor, and leaves the threads to its end. */
int crowd_sample(void *context, double *values);

#ifdef __cplusplus
}
#endif

#endif
