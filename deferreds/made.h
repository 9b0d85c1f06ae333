/* SPDX-License-Identifier: MIT */
/* Deferreds for outcomes that are there already (DF21), and one Deferred that
 * fires another (DF10).
 *
 * Each function that makes a Deferred returns NULL when there is no memory, and
 * has then dropped what it was given.
 */
#ifndef DEFERREDS_MADE_H
#define DEFERREDS_MADE_H

#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Twisted's succeed(value). The outcome must not be pending. */
OUTCOME_OWNED struct deferred *deferred_succeed(struct outcome value);

/* Twisted's fail(failure). Takes over one reference. */
OUTCOME_OWNED struct deferred *deferred_fail(const struct failure *failure);

/* Any outcome as a Deferred. A pending Deferred is returned itself; any other
 * awaitable is waited for; with a value or a failure the Deferred has fired.
 * Twisted's maybeDeferred(f) is deferred_maybe(f(...)) in C, because a function
 * that fails returns its failure. */
OUTCOME_OWNED struct deferred *deferred_maybe(struct outcome outcome);

/* Calls fn(context, value) now, and returns its outcome as a Deferred:
 * Twisted's execute, and its maybeDeferred with a function. */
OUTCOME_OWNED struct deferred *deferred_execute(deferred_fn *fn, void *context,
                                                struct outcome value);

/* An errback that reports the failure as unhandled, and passes it on: Twisted's
 * logError. */
struct outcome deferred_log_error(void *context, struct outcome failure);

/* When `first` has come to this point, `second` is fired with its outcome, and
 * `first` goes on with None. It makes calls nest, as Twisted's chainDeferred
 * does: a rung that returns a Deferred does not. `second` stays its owner's,
 * and must be there when it is fired. 0 or -ENOMEM. */
int deferred_chain(struct deferred *first, struct deferred *second);

#ifdef __cplusplus
}
#endif

#endif
