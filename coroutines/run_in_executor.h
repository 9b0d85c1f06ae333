/* SPDX-License-Identifier: MIT */
/* asyncio's run_in_executor: blocking work, awaited. */
#ifndef COROUTINES_RUN_IN_EXECUTOR_H
#define COROUTINES_RUN_IN_EXECUTOR_H

#include "callbacks/failure.h"
#include "deferreds/to_thread.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pending: what fn(context) returns, called on a thread of the offloader (see
 * deferred_to_thread). Cancelled, it fails at once, and the work goes on by
 * itself: the context must live as long. Without memory, or a thread, it is a
 * failure. */
OUTCOME_OWNED static inline struct outcome
run_in_executor(struct offloader *offloader, thread_fn *fn, void *context)
{
    struct deferred *deferred = deferred_to_thread(offloader, fn, context);
    return deferred ? outcome_deferred(deferred)
                    : outcome_failure(&failure_no_memory);
}

#ifdef __cplusplus
}
#endif

#endif
