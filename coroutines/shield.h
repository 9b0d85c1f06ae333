/* SPDX-License-Identifier: MIT */
/* asyncio.shield (CO5): waiting for something which a cancellation of the wait
 * does not reach. */
#ifndef COROUTINES_SHIELD_H
#define COROUTINES_SHIELD_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A Future with the same outcome. If it is cancelled or dropped, the inner one
 * goes on; if that fails after the cancellation, the failure is not reported.
 * If the inner one is cancelled, so is this one. One that is done is returned
 * as it is.
 *
 * The reference is handed over, the one that is returned is the caller's. NULL:
 * no memory. */
struct future *future_shield(struct future *inner);

/* For a Future that others wait for, too: cancelling this wait does not cancel
 * the Future. Takes no reference. Pending; fails without memory. */
OUTCOME_OWNED struct outcome future_await_shielded(struct future *inner);

#ifdef __cplusplus
}
#endif

#endif
