/* SPDX-License-Identifier: MIT */
/* One run, in a process of its own: harness/race/contestant.h. */
#ifndef HARNESS_TIMELINE_RUN_H
#define HARNESS_TIMELINE_RUN_H

#include "harness/timeline/timeline_options.h"

#ifdef __cplusplus
extern "C" {
#endif

struct run_setting {
    const char *url;
    size_t concurrency, requests, warm_requests;
    bool keep_alive;
    int recording; /* a descriptor, which is closed; or -1 */
    nanos timeout;
    int stop_fd; /* ended when it is readable; or -1 */
};

/* The result is in the record, also why there is none. 0; -ECANCELED when it
 * was stopped; or a negative errno when it could not be started. */
int run_contestant(const struct timeline_contestant *contestant,
                   const struct run_setting *setting, struct record *record);

#ifdef __cplusplus
}
#endif

#endif
