/* SPDX-License-Identifier: MIT */
/* asyncio.gather (CO1): several Futures, or Tasks, as one. */
#ifndef COROUTINES_GATHER_H
#define COROUTINES_GATHER_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value is a list_kind (deferreds/list.h): an outcome for each of them, in
 * the order in which they are given; without any it is there at once. One
 * Future may be given several times.
 *
 * The first that fails or is cancelled ends it with that failure, and the
 * others go on; but with `return_exceptions` failures are outcomes like any
 * others. Cancelling it cancels all that are not done, and it is cancelled when
 * they have ended. A Future of another loop is a mistake: then it has failed
 * with RuntimeError.
 *
 * A reference of each is handed over; the Future that is returned is the
 * caller's. If that one is dropped the others go on. NULL: no memory, and the
 * references are given back. */
struct future *future_gather(struct loop *loop, struct future *const *futures,
                             size_t count, bool return_exceptions);

#ifdef __cplusplus
}
#endif

#endif
