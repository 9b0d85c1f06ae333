/* SPDX-License-Identifier: MIT */
/* Twisted's addTimeout (DF22). */
#ifndef DEFERREDS_TIMEOUT_H
#define DEFERREDS_TIMEOUT_H

#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Cancels the Deferred unless it has come to this point `after` nanoseconds
 * from now; its CancelledError then is a TimeoutError for the rungs behind. The
 * rungs that are there now have that time, those added later do not. A
 * cancellation by the owner stays a CancelledError; an outcome that comes in
 * time takes the timer off. 0 or -ENOMEM. */
int deferred_add_timeout(struct deferred *deferred, struct loop *loop,
                         nanos after);

/* The same, but once the time has expired the outcome, whatever it is, goes
 * through late(context, outcome) instead: Twisted's onTimeoutCancel. */
int deferred_add_timeout_with(struct deferred *deferred, struct loop *loop,
                              nanos after, deferred_fn *late, void *context);

#ifdef __cplusplus
}
#endif

#endif
