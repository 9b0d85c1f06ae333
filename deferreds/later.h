/* SPDX-License-Identifier: MIT */
/* Deferreds that wait for time: Twisted's task.deferLater, and the sleep that
 * is built from it (row D3).
 */
#ifndef DEFERREDS_LATER_H
#define DEFERREDS_LATER_H

#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Calls fn(context, None) `after` nanoseconds from now, and fires with what it
 * returns, which may be pending. Cancelled before, it is not called. NULL: no
 * memory. */
OUTCOME_OWNED struct deferred *deferred_later(struct loop *loop, nanos after,
                                              deferred_fn *fn, void *context);

/* Fires with None after that time. */
static inline struct deferred *deferred_sleep(struct loop *loop, nanos after)
{
    return deferred_later(loop, after, NULL, NULL);
}

#ifdef __cplusplus
}
#endif

#endif
