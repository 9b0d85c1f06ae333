/* SPDX-License-Identifier: MIT */
/* asyncio.wait (CO2): waits until the first of several Futures is done, or all
 * of them are, or the time is over.
 *
 *     CO_AWAIT(futures_wait(loop, f->both, 2, WAIT_FIRST_COMPLETED, NEVER));
 *     if (future_done(f->both[0]))
 *         ...
 */
#ifndef COROUTINES_WAIT_H
#define COROUTINES_WAIT_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

enum wait_until {
    WAIT_ALL_COMPLETED,
    WAIT_FIRST_COMPLETED,
    WAIT_FIRST_EXCEPTION, /* one has failed, or all are done; to be cancelled is
                           * not to fail */
};

/* Pending; then how many of them are done, and future_done says of each. The
 * end of the time is not a failure, and nothing is ever cancelled by it.
 * `timeout` is a span, NEVER: no end.
 *
 * The Futures are borrowed: each is kept alive for as long as the wait needs
 * it. Waiting for none is a mistake: RuntimeError. */
OUTCOME_OWNED struct outcome futures_wait(struct loop *loop,
                                          struct future *const *futures,
                                          size_t count, enum wait_until until,
                                          nanos timeout);

#ifdef __cplusplus
}
#endif

#endif
