/* SPDX-License-Identifier: MIT */
/* The gates of the origins while a contestant of several processes runs. All
 * its requests wait there until every one has come; then memory is looked at,
 * and the gates are opened.
 *
 * That all were in flight at one moment is not concluded from each origin's
 * maximum, which may have been at different times. While its gate is shut, a
 * request leaves an origin only because its client gives up, and that is
 * counted. So the origins are asked in turn, again and again: where the second
 * time no one has counted any more that have gone than the first time, all that
 * they counted the first time were in flight at the moment between. */
#ifndef HARNESS_RACE_GATE_H
#define HARNESS_RACE_GATE_H

#include "base/nanos.h"
#include "harness/race/memory.h"
#include "harness/race/witness.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gate {
    struct witness *witness;
    const char *run;
    size_t expected;
    struct memory_peak *peak;

    struct sight last; /* what the origins said when they were last asked */
    nanos arrived;     /* when one last came */
    double most;       /* in flight at one moment, for certain */
    double filled_s;   /* since the first request; NOT_KNOWN: not all came */
    bool open;
};

/* After that long without another request the gates are opened although some
 * are missing. A connection that the kernel has dropped because the queue
 * was full is tried again after 1, 2, 4 and 8 seconds. */
#define GATE_PATIENCE (20 * NANOS_PER_SECOND)

/* A look costs each origin a request. */
#define GATE_LOOKS_EVERY (25 * NANOS_PER_MILLISECOND)

/* All is borrowed. */
void gate_init(struct gate *gate, struct witness *witness, const char *run,
               size_t expected, struct memory_peak *peak);

/* As launch.h's sample: asks the origins, and opens the gates when it is time
 * to, again and again for those that are late. */
void gate_look(void *context, pid_t group);

/* Into the record; an error when not all were in flight at one moment, unless
 * there is one already. */
void gate_note(const struct gate *gate, struct record *record);

#ifdef __cplusplus
}
#endif

#endif
