/* SPDX-License-Identifier: MIT */
/* A recording, read and put in order: by thread, by call and by page. */
#ifndef HARNESS_TIMELINE_EVENTS_H
#define HARNESS_TIMELINE_EVENTS_H

#include "base/probe.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An event of some thread. */
struct event {
    nanos when; /* since the recording began */
    enum probe_kind kind;
    unsigned value;
    uint64_t what;
    long page;     /* or a number of events */
    size_t thread; /* in `threads` */
    pid_t pid;
};

struct event_thread {
    pid_t pid, thread;
    size_t first, count; /* in `list`: its events, in their order */
    uint64_t lost;       /* events before them */
    nanos from;          /* the first of them */
    bool hands_out;      /* pages: the thread that called run() */
    bool marks, sleeps, runs_callbacks, waits_for_events;

    /* for the drawing */
    bool has_row;
    size_t row;
};

/* One call object, which fetches page after page. The same object in a child
 * counts as another one. */
struct event_worker {
    pid_t pid, thread;
    size_t first, count; /* in `marks` */
    nanos from;          /* the first of them */
};

/* Each moment is NEVER unless it is known to have been. */
struct event_page {
    bool handed_out, started, ended, came_back;
    nanos given, start, end, back;
    size_t caller, worker; /* threads: that handed it out, and did it */

    /* for the drawing */
    bool has_row;
    size_t row;
};

struct events {
    struct event *list;
    size_t count;
    struct event_thread *threads;
    size_t thread_count;
    const struct event **marks; /* by call, then by time */
    size_t mark_count;
    struct event_worker *workers; /* by the time at which they begin */
    size_t worker_count;
    struct event_page *pages;
    size_t page_count;
};

/* The record is closed. 0 or -ENOMEM. To be deinitialised in either case. */
int events_read(struct events *events, const struct probe_record *record,
                size_t pages);
void events_deinit(struct events *events);

/* Is it the beginning of a hop, with or without a look-up? */
bool event_is_start(const struct event *event);

/* NULL for a number that is not a page's. */
struct event_page *events_page(const struct events *events, long number);

#ifdef __cplusplus
}
#endif

#endif
