/* SPDX-License-Identifier: MIT */
/* asyncio.sleep (CO6). */
#ifndef COROUTINES_SLEEP_H
#define COROUTINES_SLEEP_H

#include "callbacks/awaitable.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pending, for this long; then None. A span of 0 or less is one turn of the
 * loop. Cancelling or dropping the wait cancels the timer. */
OUTCOME_OWNED struct outcome sleep_for(struct loop *loop, nanos span);

#ifdef __cplusplus
}
#endif

#endif
