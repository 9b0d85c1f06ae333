/* SPDX-License-Identifier: MIT */
/* asyncio.as_completed (CO3): the outcomes of several Futures, in the order in
 * which they come.
 *
 *     f->each = futures_as_completed(loop, f->pages, 3, NEVER);
 *     for (f->i = 0; f->i < completed_count(f->each); f->i++)
 *         CO_AWAIT(completed_next(f->each));
 */
#ifndef COROUTINES_AS_COMPLETED_H
#define COROUTINES_AS_COMPLETED_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

struct completed_futures;

/* The Futures are borrowed: each is kept alive. One that is given several times
 * comes once. When the span `timeout` is over, TimeoutError comes in place of
 * each Future that is not done, and these go on. NEVER: no timeout. NULL: no
 * memory. */
struct completed_futures *futures_as_completed(struct loop *loop,
                                               struct future *const *futures,
                                               size_t count, nanos timeout);

/* Contract: no code waits for the next one. NULL is harmless. */
void completed_free(struct completed_futures *it);

/* How many outcomes there are to come, in all. */
size_t completed_count(const struct completed_futures *it);

/* The next one, at once or pending. Several may wait for one each, but not more
 * than there are outcomes to come, or the others would wait for ever. A wait
 * that is cancelled leaves its outcome to the next. After the last one:
 * RuntimeError. */
OUTCOME_OWNED struct outcome completed_next(struct completed_futures *it);

#ifdef __cplusplus
}
#endif

#endif
