/* SPDX-License-Identifier: MIT */
/* The way out when a worker does not come back. A cancellation ends whatever
 * waits in a call of ours; but a worker that looks a name up itself is inside
 * the system's resolver, which nothing interrupts. So a fetch with a model that
 * cannot cancel a look-up has a thread beside it, which sleeps until the fetch
 * is cancelled. When a second then passes without a result, it prints what was
 * fetched, as if the run had ended, and ends the process. */
#ifndef HARNESS_FETCH_WATCH_H
#define HARNESS_FETCH_WATCH_H

#include "harness/fetch.h"

#include <pthread.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fetch_watch {
    struct fetch *fetch;
    int over; /* a wake-up: the run has ended by itself */
    bool started;
    pthread_t thread;
};

/* For a model that can cancel a look-up it starts nothing. 0 or a negative
 * errno; end it in either case. */
int fetch_watch_begin(struct fetch_watch *watch, struct fetch *fetch);

/* The run has returned. Does not return itself once the watch has begun to end
 * the process. */
void fetch_watch_end(struct fetch_watch *watch);

#ifdef __cplusplus
}
#endif

#endif
