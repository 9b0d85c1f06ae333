/* SPDX-License-Identifier: MIT */
/* Several Deferreds as one: Twisted's DeferredList, gatherResults and race
 * (DF16 to DF20).
 *
 * Ownership: the members are handed on, and the list lets each of them go on by
 * itself when it has fired. The Deferred that is returned is the caller's. All
 * memory is taken when it is made, so nothing that happens later can fail; NULL
 * when there is none, and then the members have been dropped.
 */
#ifndef DEFERREDS_LIST_H
#define DEFERREDS_LIST_H

#include "callbacks/failure.h"
#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

enum deferred_list_flags {
    FIRE_ON_ONE_CALLBACK = 1 << 0, /* the first value is the outcome */
    FIRE_ON_ONE_ERRBACK = 1 << 1,  /* the first failure is the outcome */
    CONSUME_ERRORS = 1 << 2,       /* members go on with None after a failure */
};

/* ---- what comes of them ---- */

/* The value of a list: one outcome for each member, in the order in which they
 * were given; a failure is one that failed. */
struct outcome_list {
    size_t count;
    struct outcome *outcomes;
};

extern const struct kind list_kind; /* .pointer: a struct outcome_list */

/* A list of None, as many times, for list_kind. NULL: no memory. */
struct outcome_list *outcome_list_new(size_t count);

/* The value of the first one of several. */
struct outcome_at {
    size_t index;
    struct outcome outcome;
};

extern const struct kind first_kind; /* .pointer: a struct outcome_at */

/* FirstError: `code` is the index of the member, `cause` its failure. */
extern const struct failure_type first_error_type;

/* FailureGroup: every member failed; `detail` is the list of them. */
extern const struct failure_type failure_group_type;

/* ---- making one ---- */

/* Fires with a list when all members have fired; `flags` may let it fire
 * earlier: with a first_kind, or with a FirstError. Without members it fires at
 * once, unless it waits for one callback (DF16). Cancelling it cancels every
 * member that has not fired (DF18). */
OUTCOME_OWNED struct deferred *deferred_list(struct deferred *const *members,
                                             size_t count, unsigned flags);

/* A list of values when all members have succeeded; else a FirstError. `flags`
 * is 0 or CONSUME_ERRORS (DF19). */
OUTCOME_OWNED struct deferred *deferred_gather(struct deferred *const *members,
                                               size_t count, unsigned flags);

/* The first value wins, as a first_kind, and the other members are cancelled;
 * if all of them fail, a FailureGroup (DF20). At least one member. */
OUTCOME_OWNED struct deferred *deferred_race(struct deferred *const *members,
                                             size_t count);

#ifdef __cplusplus
}
#endif

#endif
