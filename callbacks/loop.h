/* SPDX-License-Identifier: MIT */
/* The event loop, episode 0: one thread, one place to wait, and a queue of
 * functions to call.
 *
 *     while not stopped and something is left:        loop_run
 *         one turn:                                   loop_run_once
 *           1  how long may we sleep?    time_to_sleep
 *           2  select                    selector_wait, then read the clock
 *           3  collect events            collect_events  -> ready queue
 *           4  collect due timers        collect_timers  -> ready queue
 *           5  run what was ready when step 5 began      run_ready
 *
 * The steps have the same numbers in loop.c, and in the tests. The order is
 * asyncio's (_run_once) and so are the rules, LO1 to LO7 in the tests: what a
 * callback schedules runs in the next turn, after another look at the
 * descriptors; events come before timers of the same turn. Where asyncio leaves
 * it open, ours says: timers due at the same moment run in the order in which
 * they were set.
 *
 * This header is the core, and complete: signals, calls from other threads,
 * look-ups and futures need these functions alone, in files of their own.
 * A learner writes loop.c anew in lesson E0, and it is linked in this one's
 * place.
 *
 * A loop and all that is scheduled on it belong to one thread.
 */
#ifndef CALLBACKS_LOOP_H
#define CALLBACKS_LOOP_H

#include "base/clock.h"
#include "base/container_of.h"
#include "base/nanos.h"
#include "base/probe.h"
#include "callbacks/inspected.h"
#include "callbacks/slow_call.h"
#include "nonblocking/selector.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The loop never sets the last two: the handle is in a mailbox, or in the list
 * of a Future, which uses its links. Such a handle must not be given to the
 * loop. */
enum handle_state {
    HANDLE_IDLE,
    HANDLE_READY,
    HANDLE_TIMED,
    HANDLE_POSTED,
    HANDLE_WAITING,
};

/* A call to be made. It is embedded in whatever the call is about, and found
 * again with container_of. asyncio's Handle and TimerHandle, Twisted's
 * DelayedCall.
 *
 * Ownership: the caller's, from the moment it is scheduled until it runs or is
 * cancelled. From the moment run() is entered the loop never touches it again,
 * so run() may free it, or schedule it anew. All zero but `run` is a handle
 * ready for use. */
struct handle {
    /* yours */
    void (*run)(struct handle *handle);

    /* the loop's; inspectors may read */
    enum handle_state state;
    uint32_t sequence;              /* ties: first set, first run */
    struct handle *next, *previous; /* in the ready queue, or in the heap */
    struct handle *child;           /* in the timer heap */
    nanos when;
#ifdef WAITLAB_DEBUG
    nanos since; /* when it was last scheduled, or put on watch; or 0 */
#endif
};

/* A descriptor to be watched. handle.run is called in every turn in which one
 * of the interests is met; `ready` then says which. */
struct watch {
    /* yours */
    struct handle handle;
    int fd;

    /* the loop's; you may read */
    unsigned interest; /* SELECT_READ, SELECT_WRITE, both; 0: not watched */
    unsigned ready;
};

struct loop;

/* A loop over a new selector of this kind. The clock is borrowed. 0 or a
 * negative errno. */
int loop_new(struct loop **loop, const struct selector_ops *selector,
             const struct clock *clock);

/* Forgets whatever is still scheduled or watched, without calling it. Contract:
 * the loop does not run. NULL is harmless. */
void loop_free(struct loop *loop);

/* The time at which this turn woke up. Outside loop_run: the time now. */
nanos loop_time(const struct loop *loop);

/* Calls handle->run in the next turn; first come, first called. A handle that
 * is ready already stays where it is in the queue; one that waits for its time
 * gives that up. Cannot fail.
 *
 * Contract, here and in loop_call_at: the handle has a run(), it does not lie
 * in a mailbox (HANDLE_POSTED), and it is not in the list of a Future
 * (HANDLE_WAITING; this one is not checked). */
void loop_call_soon(struct loop *loop, struct handle *handle);

/* Calls handle->run in the first turn at or after `when`; a moment in the past
 * means the next turn. A handle already scheduled is moved. Cannot fail. */
void loop_call_at(struct loop *loop, struct handle *handle, nanos when);

/* Cancels the call, whether it was waiting for its time or its turn. Harmless
 * on a handle that is not scheduled. Contract: it does not lie in a mailbox,
 * from which nothing can be taken back. */
void loop_cancel(struct loop *loop, struct handle *handle);

/* Watches watch->fd for `interest` from now on, or no longer when that is 0; a
 * call for an earlier event that is still queued is then not made. Take a
 * watch off before closing its descriptor. 0 or a negative errno; taking off
 * cannot fail. Contract: a watch that is put on has a descriptor (fd >= 0) and
 * a run(); `interest` holds no other bits. */
int loop_watch(struct loop *loop, struct watch *watch, unsigned interest);

/* Runs turns until loop_stop, or until nothing is ready, timed or watched.
 * Returns 0; or a negative errno when the selector cannot wait any more;
 * -EBUSY from inside a callback. */
int loop_run(struct loop *loop);

/* The loop ends when this turn is over: all calls of the turn are made. Before
 * loop_run, it runs one turn that does not sleep (LO4). */
void loop_stop(struct loop *loop);

/* Every call of the loop passes through this function. */
static inline void handle_run(struct handle *handle)
{
    void (*outer)(struct handle *) = inspected.running;
    inspected.running = handle->run;
    probe(PROBE_RUN_BEGINS, 0, 0, (uintptr_t)handle->run);
    if (slow_calls_are_noted)
        slow_call_run(handle);
    else
        handle->run(handle);
    probe(PROBE_RUN_ENDS, 0, 0, 0);
    inspected.running = outer;
}

/* ---- for inspection: see loop_dump.h ---- */

/* Shows every handle that is scheduled: first those that are ready, in the
 * order in which they will run, then the timers, in no order. `show` must not
 * schedule or cancel anything. */
typedef void handle_show(void *context, const struct handle *handle);
void loop_each(const struct loop *loop, handle_show *show, void *context);

/* The selector in which it waits. There a watch is the `data` of its
 * descriptor. */
struct selector *loop_selector(const struct loop *loop);

#ifdef __cplusplus
}
#endif

#endif
