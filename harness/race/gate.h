/* SPDX-License-Identifier: MIT */
/* The gates of the origins while a contestant of several processes runs. All
 * its requests wait there until every one has come; then memory is measured,
 * and the gates are opened.
 *
 * That all were in flight at one moment is not concluded from each origin's
 * maximum, which may have been at different times. While its gate is shut, a
 * request leaves an origin only because its client gives up, and that is
 * counted. So the origins are asked in turn, again and again. If in the second
 * round none has counted more requests that have gone than in the first, all
 * that they counted in the first round were in flight at the moment between the
 * two. */
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
    nanos arrived;     /* when a request last came */
    double most;       /* in flight at one moment, for certain */
    double filled_s;   /* since the first request; NOT_KNOWN: not all came */
    bool open;
};

/* After this time without another request, the gates are opened although some
 * requests are missing. A connection that the kernel has dropped because the
 * queue was full is tried again after 1, 2, 4 and 8 seconds. */
#define GATE_PATIENCE (20 * NANOS_PER_SECOND)

/* How often the origins are asked: each time costs each of them a request. */
#define GATE_LOOKS_EVERY (25 * NANOS_PER_MILLISECOND)

/* All is borrowed. */
void gate_init(struct gate *gate, struct witness *witness, const char *run,
               size_t expected, struct memory_peak *peak);

/* To be the `sample` of launch.h: asks the origins, and opens the gates when it
 * is time, again and again for requests that are late. */
void gate_look(void *context, pid_t group);

/* Writes the result into the record, with an error when not all were in flight
 * at one moment, unless the record has one already. */
void gate_note(const struct gate *gate, struct record *record);

#ifdef __cplusplus
}
#endif

#endif
