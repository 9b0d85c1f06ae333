/* SPDX-License-Identifier: MIT */
/* A clock that is moved by hand, with a loop on it: Twisted's task.Clock, for
 * tests of code that waits for time (TR14). Whatever takes a loop takes this
 * one.
 */
#ifndef DEFERREDS_TASK_CLOCK_H
#define DEFERREDS_TASK_CLOCK_H

#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The storage is the caller's. */
struct task_clock {
    struct loop *loop; /* whose time is this clock's */

    /* private */
    struct clock clock;
    nanos now;
};

/* Begins at 0. 0 or a negative errno. */
int task_clock_init(struct task_clock *clock);
void task_clock_deinit(struct task_clock *clock);

/* Twisted's seconds(). */
static inline nanos task_clock_seconds(const struct task_clock *clock)
{
    return clock->now;
}

/* Moves the clock, and then runs all calls that are due by the new time, also
 * those set meanwhile: the earlier one first, and of two for the same moment
 * the one that was set first. While they run the clock already shows the new
 * time. 0 or a negative errno. Contract: not from inside such a call. */
int task_clock_advance(struct task_clock *clock, nanos time);

/* Several advances. */
int task_clock_pump(struct task_clock *clock, const nanos *times, size_t count);

/* How many calls are waiting for their time. */
size_t task_clock_delayed_calls(const struct task_clock *clock);

#ifdef __cplusplus
}
#endif

#endif
