/* SPDX-License-Identifier: MIT */
/* What every worker of a run did, on one axis. It is made from a recording and
 * does not decide how it is drawn.
 *
 * A row is something that does one thing at a time. There are two kinds:
 *   a worker  has one page in flight at a time: a thread, a process, or a place
 *             in a loop, told apart by their calls. Workers of which one begins
 *             when the other has ended share a row: processes for one page each
 *   a thread  in which several workers are, or which only hands out their work:
 *             it runs callbacks, runs otherwise, or sleeps
 *
 * The segments of a row leave no gap: the first one begins at 0, the last one
 * ends with the run.
 */
#ifndef HARNESS_TIMELINE_TIMELINE_H
#define HARNESS_TIMELINE_TIMELINE_H

#include "harness/timeline/recording.h"

#ifdef __cplusplus
extern "C" {
#endif

enum activity {
    ACTIVITY_IDLE,     /* a worker has no page; a thread is not there */
    ACTIVITY_STARTING, /* its page has been handed out, and has not begun */
    ACTIVITY_RESOLVING,
    ACTIVITY_CONNECTING,
    ACTIVITY_SECURING,
    ACTIVITY_SENDING,
    ACTIVITY_WAITING, /* for the answer; a thread: for whatever comes */
    ACTIVITY_READING,
    ACTIVITY_CALLBACK, /* a thread runs one */
    ACTIVITY_RUNNING,  /* a thread runs, in no callback */
    ACTIVITY_LOST,     /* what it did then is not known */
    ACTIVITY_COUNT
};

/* "connecting" */
const char *activity_name(enum activity activity);

enum { NO_PAGE = -1 };

struct segment {
    nanos from, to; /* since the run began; to > from */
    enum activity activity;
    long page;         /* which one it is about, or NO_PAGE */
    uint64_t callback; /* of ACTIVITY_CALLBACK: its function */
};

struct row {
    bool is_thread;
    bool is_first;     /* the thread that called run() */
    bool has_events;   /* a thread that waits for events: a loop */
    pid_t pid, thread; /* of a worker: the first one that is in the row */
    uint64_t lost;     /* events that were overwritten */
    struct segment *segments;
    size_t count, room;
};

/* An arrow: one row gave another something to do. */
struct arrow {
    size_t from_row, to_row;
    nanos from, to;
    long page; /* that was handed over, or NO_PAGE: a wake-up */
};

struct timeline {
    nanos span;
    struct row *rows; /* threads first, then workers */
    size_t row_count;
    struct arrow *arrows; /* by the time at which they end */
    size_t arrow_count;
    uint64_t lost; /* events of all rings, and of threads that had none */
    uint64_t lost_without_ring;
    bool lacks; /* private: memory ran out */
};

/* From a recording whose contestant is gone, of a run of `pages` pages. 0 or
 * -ENOMEM. To be deinitialised in either case. */
int timeline_make(struct timeline *timeline, const struct recording *recording,
                  size_t pages);
void timeline_deinit(struct timeline *timeline);

/* How many of the rows are workers: each had at least one page. */
size_t timeline_workers(const struct timeline *timeline);

/* How long all workers together, or all threads, did this. */
nanos timeline_sum(const struct timeline *timeline, bool threads,
                   enum activity activity);

#ifdef __cplusplus
}
#endif

#endif
