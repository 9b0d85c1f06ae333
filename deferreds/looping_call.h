/* SPDX-License-Identifier: MIT */
/* A call again and again: Twisted's task.LoopingCall (TR15).
 *
 * It is called at start + interval, start + 2 * interval and so on, by the
 * loop's clock. A tick that is missed, because a call took too long, is left
 * out; those that follow keep their times. A call that returns a Deferred, or
 * another awaitable, is waited for.
 */
#ifndef DEFERREDS_LOOPING_CALL_H
#define DEFERREDS_LOOPING_CALL_H

#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The storage is the caller's, until the Deferred of looping_call_start has
 * ended. */
struct looping_call {
    /* yours */
    struct loop *loop;
    /* Called with the number of intervals that have passed since the last call:
     * 1, or more when ticks were left out; of Twisted's withCount. 1 when the
     * interval is 0. */
    deferred_fn *fn;
    void *context;

    /* private */
    struct deferred done;
    nanos interval, start;
    nanos last; /* the interval in which it was called before */
    struct handle timer;
    struct deferred *waited; /* what the call returned; NULL: none is waited
                              * for */
    bool running;            /* neither stopped nor failed */
};

/* Returns a Deferred that fires with the looping call (borrowed) when it is
 * stopped, and fails when a call fails. Cancelling the Deferred stops the
 * calls. `now`: the first call is made at once, in here. An interval of 0 calls
 * in each turn of the loop. Cannot fail. Contract: the interval is not
 * negative, and the looping call does not run. */
OUTCOME_OWNED struct deferred *looping_call_start(struct looping_call *call,
                                                  nanos interval, bool now);

/* Stops it. A call whose Deferred has not fired is waited for. Contract: it
 * runs. */
void looping_call_stop(struct looping_call *call);

/* The next call is one interval from now. Contract: it runs. */
void looping_call_reset(struct looping_call *call);

static inline bool looping_call_is_running(const struct looping_call *call)
{
    return call->running;
}

#ifdef __cplusplus
}
#endif

#endif
