/* SPDX-License-Identifier: MIT */
/* asyncio.wait_for (CO4): whatever is awaitable, with a deadline. */
#ifndef COROUTINES_WAIT_FOR_H
#define COROUTINES_WAIT_FOR_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What comes of `come`, if it comes within the span `timeout`. NEVER: no end. A
 * span of 0 or less lets through what is there already, and a Task that has not
 * begun then never begins.
 *
 * When the time is over it cancels what it waits for, and waits until that has
 * ended: then comes TimeoutError, because of the CancelledError; but a value or
 * another failure, if there was one all the same.
 *
 * To cancel it is to cancel what it waits for, and it is cancelled when that
 * has ended; if that was done already, its outcome comes, not the
 * cancellation. Cancelled once more, or after the time was over, it waits no
 * longer, and leaves the other to itself. */
OUTCOME_OWNED struct outcome wait_for(struct loop *loop, struct outcome come,
                                      nanos timeout);

#ifdef __cplusplus
}
#endif

#endif
