/* SPDX-License-Identifier: MIT */
/* asyncio.shield (CO5): to wait for something without a cancellation reaching
 * it. */
#ifndef COROUTINES_SHIELD_H
#define COROUTINES_SHIELD_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A Future with the same outcome. Cancelled or dropped, it leaves the inner one
 * alone; and of a failure that comes to that after the cancellation nothing is
 * reported. If the inner one is cancelled, so is this one. One that is done is
 * returned as it is.
 *
 * The reference is handed over, the one that is returned is the caller's. NULL:
 * no memory. */
struct future *future_shield(struct future *inner);

/* To wait for a Future that others wait for, too: what cancels this wait leaves
 * that alone. Takes no reference. Pending; fails without memory. */
OUTCOME_OWNED struct outcome future_await_shielded(struct future *inner);

#ifdef __cplusplus
}
#endif

#endif
