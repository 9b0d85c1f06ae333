/* SPDX-License-Identifier: MIT */
/* The loop's timers: a heap, the earliest on top, and of two at the same moment
 * the one that was set first.
 *
 * Python's loop uses heapq, an array. Ours is a pairing heap, a tree that is
 * linked through the handles themselves: setting a timer needs no memory, so it
 * cannot fail, and a cancelled one leaves at once, from wherever it is.
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
    struct handle *first;           /* the earlier one of the next two */
    struct handle *recent, *sorted; /* on top of two heaps: see timers.c */
    struct handle *last;            /* the one that was set last; or NULL */
    size_t unsorted;                /* how many were put into `recent` */
    uint32_t sequence;              /* of the next one to be set */
};

/* Does `a` run before `b`? Of those for the same moment the first that was set
 * does, if fewer than two thousand million others were set between the two. */
static inline bool timers_before(const struct handle *a, const struct handle *b)
{
    return a->when != b->when ? a->when < b->when
                              : (int32_t)(a->sequence - b->sequence) < 0;
}

/* Puts a handle in and makes it HANDLE_TIMED. Cannot fail. Contract: the handle
 * is in no queue and in no heap (HANDLE_IDLE). */
void timers_set(struct timers *timers, struct handle *handle, nanos when);

/* Takes a handle out again, wherever in the heap it is: HANDLE_IDLE. Contract:
 * it is in the heap (HANDLE_TIMED). */
void timers_remove(struct timers *timers, struct handle *handle);

/* Shows every handle that is in, in no order. `show` must not change the heap.
 */
void timers_each(const struct timers *timers, handle_show *show, void *context);

/* The earliest; NULL when there is none. */
static inline struct handle *timers_first(const struct timers *timers)
{
    return timers->first;
}

#ifdef __cplusplus
}
#endif

#endif
