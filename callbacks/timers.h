/* SPDX-License-Identifier: MIT */
/* The loop's timers: a binary heap, the earliest on top; of two at the same
 * moment, the one that was set first. Python's loop uses heapq; ours knows
 * where in the heap each handle stands, so a cancelled one leaves at once.
 *
 * Given in lesson E0, in which the loop is written.
 */
#ifndef CALLBACKS_TIMERS_H
#define CALLBACKS_TIMERS_H

#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All zero is an empty heap. The handles are their callers'. */
struct timers {
    struct handle **heap;
    size_t count, capacity;
    unsigned long long sequence; /* of the next one to be set */
};

/* Gives the memory back; the handles are forgotten. */
void timers_deinit(struct timers *timers);

/* Makes room for one more, so that the next timers_set cannot fail. 0 or
 * -ENOMEM. */
int timers_reserve(struct timers *timers);

/* Puts a handle in and makes it HANDLE_TIMED. There must be room. */
void timers_set(struct timers *timers, struct handle *handle, nanos when);

/* Takes one that is in out again, from wherever it stands: HANDLE_IDLE. */
void timers_remove(struct timers *timers, struct handle *handle);

/* The earliest; NULL when there is none. */
static inline struct handle *timers_first(const struct timers *timers)
{
    return timers->count ? timers->heap[0] : NULL;
}

#ifdef __cplusplus
}
#endif

#endif
