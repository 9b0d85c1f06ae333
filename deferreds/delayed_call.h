/* SPDX-License-Identifier: MIT */
/* A call at a later time: what Twisted's reactor.callLater returns (TR3). Calls
 * that are due at the same moment run in the order in which they were set
 * (TR17: Twisted leaves that open).
 */
#ifndef DEFERREDS_DELAYED_CALL_H
#define DEFERREDS_DELAYED_CALL_H

#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

enum delayed_call_state {
    DELAYED_CALL_IDLE,
    DELAYED_CALL_ACTIVE,
    DELAYED_CALL_CALLED,
    DELAYED_CALL_CANCELLED,
};

/* The storage is the caller's; fn may free it. All zero is ready for use. */
struct delayed_call {
    /* you may read */
    enum delayed_call_state state;
    void (*fn)(void *context);
    void *context;

    /* private */
    struct handle timer;
    struct loop *loop;
};

/* Calls fn(context) `after` nanoseconds from now; 0: in the next turn.
 * Contract: the call is not active. */
void delayed_call_start(struct delayed_call *call, struct loop *loop,
                        nanos after, void (*fn)(void *context), void *context);

/* Each of these: 0; -EALREADY when it was called (AlreadyCalled), -ECANCELED
 * when it was cancelled before (AlreadyCancelled). */
int delayed_call_cancel(struct delayed_call *call);
int delayed_call_reset(struct delayed_call *call, nanos after); /* from now */
int delayed_call_delay(struct delayed_call *call, nanos more);

static inline bool delayed_call_active(const struct delayed_call *call)
{
    return call->state == DELAYED_CALL_ACTIVE;
}

/* When it is due, by the loop's clock. */
static inline nanos delayed_call_time(const struct delayed_call *call)
{
    return call->timer.when;
}

#ifdef __cplusplus
}
#endif

#endif
