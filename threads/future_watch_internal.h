/* SPDX-License-Identifier: MIT */
/* How a future tells code that waits for several of them. Only future.c and
 * futures.c need this. */
#ifndef THREADS_FUTURE_WATCH_INTERNAL_H
#define THREADS_FUTURE_WATCH_INTERNAL_H

#include "threads/future.h"

/* A waiting thread. The lock is taken while a future's lock is held, never the
 * other way round. */
struct future_watcher {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* The lock must be held for these. */
    size_t done, failed;
    struct future_watch *first_done, **last_done; /* in order of completion */
};

/* One future that it waits for. */
struct future_watch {
    struct concurrent_future *future;
    struct future_watcher *watcher;
    struct future_watch *next;      /* the future's list */
    struct future_watch *next_done; /* the watcher's */
};

/* Begins to watch; a future that is done is reported at once. False when it is
 * watched already. */
bool future_watch_add(struct future_watch *watch,
                      struct concurrent_future *future,
                      struct future_watcher *watcher);

/* Stops watching: nothing is reported after this. */
void future_watch_remove(struct future_watch *watch);

/* Is it in a state that watchers are told of? */
bool future_is_told(struct concurrent_future *future);

#endif
