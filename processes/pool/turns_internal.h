/* SPDX-License-Identifier: MIT */
/* Which of the jobs at a worker has been begun? When a worker dies, that
 * decides between "this job is lost" and "this job can go to another", so it
 * must be exact. The parent cannot know it from messages: one may have been
 * sent and not yet read, another read and not yet begun. So each job that is
 * sent has a turn in memory that both processes share; one atomic exchange
 * decides whether the worker begins it or the parent takes it back.
 *
 *                    +--> BEGUN   by the worker, right before it runs the job
 *     free --> SENT -+
 *                    +--> free    by the parent: the worker will skip it
 *
 * A turn also holds the number of its job, because its place is used again.
 */
#ifndef PROCESSES_POOL_TURNS_INTERNAL_H
#define PROCESSES_POOL_TURNS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

enum { TURN_COUNT = 64 }; /* the most jobs at one worker */

enum turn { TURN_FREE, TURN_SENT, TURN_BEGUN };

/* The turns of one worker, in shared memory; whole cache lines, so that no two
 * workers write to the same one. */
struct turns {
    uint32_t turn[TURN_COUNT]; /* number * 4 + enum turn */
    int32_t initialised;       /* 1, or why the initialiser failed */
    char padding[60];
};

static inline bool turn_change(struct turns *turns, uint32_t number,
                               enum turn from, enum turn to)
{
    uint32_t expected = number * 4 + from;
    return __atomic_compare_exchange_n(&turns->turn[number % TURN_COUNT],
                                       &expected, number * 4 + to, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Called by the parent, before it sends job `number`. */
static inline void turn_send(struct turns *turns, uint32_t number)
{
    __atomic_store_n(&turns->turn[number % TURN_COUNT], number * 4 + TURN_SENT,
                     __ATOMIC_RELEASE);
}

/* Called by the worker: true, and the job is begun; or false, and it was taken
 * back. */
static inline bool turn_begin(struct turns *turns, uint32_t number)
{
    return turn_change(turns, number, TURN_SENT, TURN_BEGUN);
}

/* Called by the parent: true, and the worker will not run it; or false: it has
 * begun. */
static inline bool turn_take_back(struct turns *turns, uint32_t number)
{
    return turn_change(turns, number, TURN_SENT, TURN_FREE);
}

#endif
