/* SPDX-License-Identifier: MIT */
/* Waiting for a descriptor: asyncio's add_reader and add_writer as something to
 * await. */
#ifndef COROUTINES_READINESS_H
#define COROUTINES_READINESS_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pending, until the descriptor is ready for what is asked, SELECT_READ or
 * SELECT_WRITE; then None. Contract: it is watched by nothing else on this loop
 * meanwhile, and is not closed. Fails with OSError when it cannot be watched.
 */
OUTCOME_OWNED struct outcome ready_for(struct loop *loop, int fd,
                                       unsigned interest);

#ifdef __cplusplus
}
#endif

#endif
