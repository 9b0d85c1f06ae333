/* SPDX-License-Identifier: MIT */
/* Waiting for a Future that others wait for as well: what cancels this wait
 * leaves the Future as it is, and with it all that wait beside this one. */
#ifndef COROUTINES_SHARED_WAIT_H
#define COROUTINES_SHARED_WAIT_H

#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pending, until the Future is done; then its outcome, shared. The wait keeps a
 * reference of its own. Fails without memory. */
OUTCOME_OWNED struct outcome shared_wait(struct future *future);

#ifdef __cplusplus
}
#endif

#endif
