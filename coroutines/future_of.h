/* SPDX-License-Identifier: MIT */
/* Whatever is awaitable as a Future: for gather, wait and their like, which
 * take Futures only. Twisted's Deferred.asFuture; its way back, fromFuture, is
 * deferred_maybe(future_await(future)) (deferreds/made.h). */
#ifndef COROUTINES_FUTURE_OF_H
#define COROUTINES_FUTURE_OF_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A Future that ends with what comes of `come`; one that is there already has
 * ended. Cancelled, it is cancelled at once, and so is what it waits for,
 * whatever that makes of it. NULL: no memory, and `come` is dropped. */
struct future *future_of(struct loop *loop, struct outcome come);

#ifdef __cplusplus
}
#endif

#endif
