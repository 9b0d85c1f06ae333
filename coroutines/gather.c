/* SPDX-License-Identifier: MIT */
#include "coroutines/gather.h"

#include "callbacks/wait_shape.h"
#include "coroutines/future_set.h"
#include "deferreds/list.h"

#include <errno.h>
#include <stdlib.h>

struct gather {
    struct future future;
    struct future_set set;
    bool return_exceptions, cancelling;
    size_t left;
};

static struct gather *gather_of(struct future *future)
{
    return container_of(future, struct gather, future);
}

/* ---- the end ---- */

static struct outcome outcomes_of(const struct future_set *set)
{
    struct outcome_list *list = outcome_list_new(set->count);
    if (!list)
        return outcome_failure(&failure_no_memory);
    for (size_t i = 0; i < set->count; i++)
        list->outcomes[i] = future_share(future_set_at(set, i));
    return outcome_value(&list_kind, list);
}

static void gather_finish(struct gather *gather)
{
    gather->future.cancel = NULL;
    if (gather->cancelling)
        future_cancel(&gather->future);
    else
        future_finish(&gather->future, outcomes_of(&gather->set));
}

/* future_result marks a failure as asked for, so one that comes after the first
 * is not reported as unhandled. While the gather is being cancelled, it waits
 * for all of its members. */
static void on_done(struct future_set *set, struct future *child)
{
    struct gather *gather = container_of(set, struct gather, set);
    const struct outcome *outcome;
    gather->left--;
    if (future_result(child, &outcome) || future_done(&gather->future))
        return;
    if (outcome_is_failure(outcome) && !gather->return_exceptions &&
        !gather->cancelling)
        future_finish(&gather->future,
                      outcome_failure(failure_ref(outcome->failure)));
    else if (!gather->left)
        gather_finish(gather);
}

static bool gather_cancel(struct future *future)
{
    struct gather *gather = gather_of(future);
    bool any = false;
    if (future_done(future))
        return false;
    future_ref(future); /* a canceller may drop the last other reference */
    for (size_t i = 0; i < gather->set.count; i++)
        any |= future_cancel(future_set_at(&gather->set, i));
    gather->cancelling |= any;
    future_unref(future);
    return any;
}

static void gather_release(struct future *future)
{
    future_set_deinit(&gather_of(future)->set);
    free(gather_of(future));
}

WAIT_SHAPE_BY(gather_release, "gather", struct gather, future,
              FUTURE_SET_PART(struct gather, set));

/* ---- making one ---- */

static bool are_of_one_loop(struct gather *gather)
{
    for (size_t i = 0; i < gather->set.count; i++)
        if (future_set_at(&gather->set, i)->loop != gather->future.loop)
            return false;
    return true;
}

struct future *future_gather(struct loop *loop, struct future *const *futures,
                             size_t count, bool return_exceptions)
{
    struct gather *gather = malloc(sizeof *gather);
    if (!gather) {
        futures_unref(futures, count);
        return NULL;
    }
    if (future_set_init(&gather->set, futures, count, on_done)) {
        free(gather);
        return NULL;
    }
    future_init(&gather->future, loop);
    gather->future.cancel = gather_cancel;
    gather->future.release = gather_release;
    gather->return_exceptions = return_exceptions;
    gather->cancelling = false;
    gather->left = count;
    if (!are_of_one_loop(gather))
        future_finish(
            &gather->future,
            outcome_fail(&misuse_type, -EINVAL,
                         "The future belongs to a different loop than "
                         "the one specified as the loop argument"));
    else if (!count)
        gather_finish(gather);
    return &gather->future;
}
