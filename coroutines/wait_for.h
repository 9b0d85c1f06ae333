/* SPDX-License-Identifier: MIT */
/* asyncio.wait_for (CO4): any awaitable, with a deadline. */
#ifndef COROUTINES_WAIT_FOR_H
#define COROUTINES_WAIT_FOR_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The outcome of `come`, if that comes within the span `timeout`. NEVER: no
 * timeout. A span of 0 or less lets through only what is there already, and a
 * Task that has not begun then never begins.
 *
 * When the time is over it cancels what it waits for, and waits until that has
 * ended. The outcome is then a TimeoutError, with the CancelledError as its
 * cause; but if that ended with a value or another failure, it is that.
 *
 * Cancelling it cancels what it waits for, and it is cancelled when that has
 * ended; if that was done already, its outcome comes, not the cancellation. If
 * it is cancelled once more, or after the time was over, it stops waiting, and
 * the other goes on by itself. */
OUTCOME_OWNED struct outcome wait_for(struct loop *loop, struct outcome come,
                                      nanos timeout);

#ifdef __cplusplus
}
#endif

#endif
