/* SPDX-License-Identifier: MIT */
/* What origins have seen of a run, read from what they say at /stats (stats.h)
 * and summed. It comes from another process. */
#ifndef HARNESS_RACE_SEEN_H
#define HARNESS_RACE_SEEN_H

#include "base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

struct seen {
    /* NOT_KNOWN (record.h) until one of them says it. */
    double most_in_flight, accepted, served;
    double cpu_s;

    /* 0 until one of them says it. */
    double open;          /* connections, now */
    double in_flight;     /* requests, now */
    double gone;          /* requests that have ended */
    double since_first_s; /* time since the first request, of the earliest */

    bool limited; /* one was so busy that it was the limit */
};

void seen_init(struct seen *seen);

/* Adds what one of them says. What is not a number, or cannot be one of these,
 * is left out. 0 or -ENOMEM. */
int seen_add(struct seen *seen, struct slice text);

#ifdef __cplusplus
}
#endif

#endif
