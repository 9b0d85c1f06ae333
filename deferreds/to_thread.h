/* SPDX-License-Identifier: MIT */
/* Blocking work as a Deferred: Twisted's threads.deferToThread and callInThread
 * (TR12). The work runs on a thread, its outcome arrives on the loop's.
 */
#ifndef DEFERREDS_TO_THREAD_H
#define DEFERREDS_TO_THREAD_H

#include "callbacks/offload.h"
#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* On a thread: touches nothing but what is its own. It may return a failure;
 * not a pending outcome. */
typedef struct outcome thread_fn(void *context);

/* Calls fn(context) on a thread of the offloader. Work that has begun cannot be
 * stopped: if the Deferred is cancelled it fails at once, and what the work
 * returns later is dropped, on that thread or on the loop's. The context must
 * live until then. If no thread can be started the Deferred has already failed.
 * NULL: no memory. */
OUTCOME_OWNED struct deferred *deferred_to_thread(struct offloader *offloader,
                                                  thread_fn *fn, void *context);

/* The same when its value is of no interest: a failure is reported as
 * unhandled. 0 or a negative errno. */
int call_in_thread(struct offloader *offloader, thread_fn *fn, void *context);

#ifdef __cplusplus
}
#endif

#endif
