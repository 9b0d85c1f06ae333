/* SPDX-License-Identifier: MIT */
#include "deferreds/semaphore.h"

#include "base/contract.h"
#include "callbacks/failure.h"
#include "callbacks/wait_shape.h"
#include "deferreds/made.h"
#include "deferreds/rung_name.h"

#include <stdlib.h>

struct acquisition {
    struct deferred deferred;
    struct deferred_semaphore *semaphore;
    struct acquisition *next;
    deferred_fn *fn; /* of deferred_run_with */
    void *context;
};

void deferred_semaphore_init(struct deferred_semaphore *semaphore,
                             unsigned tokens)
{
    REQUIRE(tokens > 0, "deferred_semaphore_init: there is at least one token");
    *semaphore = (struct deferred_semaphore){.tokens = tokens, .limit = tokens};
    semaphore->last = &semaphore->first;
}

static void acquisition_free(struct deferred *deferred)
{
    free(container_of(deferred, struct acquisition, deferred));
}

static void append_acquisition(struct acquisition *acquisition)
{
    *acquisition->semaphore->last = acquisition;
    acquisition->semaphore->last = &acquisition->next;
}

static void unlink_acquisition(struct acquisition *acquisition)
{
    struct deferred_semaphore *semaphore = acquisition->semaphore;
    struct acquisition **link = &semaphore->first;
    while (*link != acquisition)
        link = &(*link)->next;
    *link = acquisition->next;
    if (!*link)
        semaphore->last = link;
}

static bool give_up(struct deferred *deferred)
{
    unlink_acquisition(container_of(deferred, struct acquisition, deferred));
    return false;
}
WAIT_SHAPE_BY(give_up, "DeferredSemaphore", struct acquisition, deferred,
              WAIT_PART(WAIT_NOTHING, struct acquisition, semaphore));

/* Gives tokens to those that wait. A callback that gets a token may give it
 * back before it returns; then this loop goes on, not a nested one. */
static void hand_out(struct deferred_semaphore *semaphore)
{
    if (semaphore->handing_out)
        return;
    semaphore->handing_out = true;
    while (semaphore->tokens > 0 && semaphore->first) {
        struct acquisition *first = semaphore->first;
        unlink_acquisition(first);
        semaphore->tokens--;
        deferred_fire(&first->deferred, outcome_borrowed(semaphore));
    }
    semaphore->handing_out = false;
}

static struct acquisition *acquisition_new(struct deferred_semaphore *semaphore)
{
    struct acquisition *acquisition = calloc(1, sizeof *acquisition);
    if (!acquisition)
        return NULL;
    deferred_init(&acquisition->deferred, give_up);
    acquisition->deferred.release = acquisition_free;
    acquisition->semaphore = semaphore;
    return acquisition;
}

struct deferred *deferred_acquire(struct deferred_semaphore *semaphore)
{
    struct acquisition *acquisition = acquisition_new(semaphore);
    if (!acquisition)
        return NULL;
    append_acquisition(acquisition);
    hand_out(semaphore);
    return &acquisition->deferred;
}

void deferred_release(struct deferred_semaphore *semaphore)
{
    REQUIRE(semaphore->tokens < semaphore->limit,
            "deferred_release: the token was acquired before");
    semaphore->tokens++;
    hand_out(semaphore);
}

/* ---- a token for the time of a call ---- */

static struct outcome give_back(void *context, struct outcome outcome)
{
    deferred_release(context);
    return outcome;
}
RUNG_NAME(give_back);

/* Only code that has a token gives it back. So this rung is added to what fn
 * returns and not to the acquisition, which may have been cancelled. */
static struct outcome run_fn(void *context, struct outcome semaphore)
{
    struct acquisition *acquisition = context;
    (void)semaphore;
    struct deferred *done =
        deferred_maybe(acquisition->fn(acquisition->context, outcome_none()));
    if (!done)
        return give_back(acquisition->semaphore,
                         outcome_failure(&failure_no_memory));
    int error = deferred_add_both(done, give_back, acquisition->semaphore);
    if (error) {
        deferred_drop(done);
        return give_back(acquisition->semaphore, outcome_errno(error));
    }
    return outcome_deferred(done);
}
RUNG_NAME(run_fn);

struct deferred *deferred_run_with(struct deferred_semaphore *semaphore,
                                   deferred_fn *fn, void *context)
{
    struct acquisition *acquisition = acquisition_new(semaphore);
    if (!acquisition)
        return NULL;
    acquisition->fn = fn;
    acquisition->context = context;
    /* Cannot fail: the first four rungs need no memory. */
    (void)deferred_add_callback(&acquisition->deferred, run_fn, acquisition);
    append_acquisition(acquisition);
    hand_out(semaphore);
    return &acquisition->deferred;
}
