/* SPDX-License-Identifier: MIT */
/* Any awaitable as a Future: for gather, wait and the like, which take only
 * Futures. Twisted's Deferred.asFuture; its way back, fromFuture, is
 * deferred_maybe(future_await(future)) (deferreds/made.h). */
#ifndef COROUTINES_FUTURE_OF_H
#define COROUTINES_FUTURE_OF_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A Future that ends with the outcome of `come`; if that is there already the
 * Future is done. Cancelling it ends it at once and cancels what it waits for,
 * whatever the outcome of that is. NULL: no memory, and `come` is dropped. */
struct future *future_of(struct loop *loop, struct outcome come);

#ifdef __cplusplus
}
#endif

#endif
