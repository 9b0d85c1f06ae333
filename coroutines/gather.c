/* SPDX-License-Identifier: MIT */
#include "coroutines/gather.h"

#include "callbacks/handle_name.h"
#include "deferreds/list.h"

#include <stdlib.h>

struct gather;

struct child {
    struct handle handle;
    struct gather *gather;
    struct future *future;
};

struct gather {
    struct future future;
    bool return_exceptions, cancelling;
    size_t left, count;
    struct child children[];
};

static struct gather *gather_of(struct future *future)
{
    return container_of(future, struct gather, future);
}

/* ---- the end ---- */

static struct outcome outcomes_of(const struct gather *gather)
{
    struct outcome_list *list = outcome_list_new(gather->count);
    if (!list)
        return outcome_failure(&failure_no_memory);
    for (size_t i = 0; i < gather->count; i++)
        list->outcomes[i] = outcome_share(&gather->children[i].future->outcome);
    return outcome_value(&list_kind, list);
}

static void finish(struct gather *gather)
{
    gather->future.cancel = NULL;
    if (gather->cancelling)
        future_cancel(&gather->future);
    else
        future_finish(&gather->future, outcomes_of(gather));
}

/* A failure that comes after the first one has been looked at here, and is not
 * reported. */
static void on_done(struct handle *handle)
{
    struct child *child = container_of(handle, struct child, handle);
    struct gather *gather = child->gather;
    const struct outcome *outcome;
    gather->left--;
    if (future_result(child->future, &outcome) || future_done(&gather->future))
        return;
    if (outcome_is_failure(outcome) && !gather->return_exceptions &&
        !gather->cancelling)
        future_finish(&gather->future,
                      outcome_failure(failure_ref(outcome->failure)));
    else if (!gather->left)
        finish(gather);
}
HANDLE_NAME(on_done, "gather", NULL);

static bool cancel(struct future *future)
{
    struct gather *gather = gather_of(future);
    bool any = false;
    if (future_done(future))
        return false;
    for (size_t i = 0; i < gather->count; i++)
        any |= future_cancel(gather->children[i].future);
    gather->cancelling |= any;
    return any;
}

static void release(struct future *future)
{
    struct gather *gather = gather_of(future);
    for (size_t i = 0; i < gather->count; i++) {
        struct child *child = &gather->children[i];
        future_remove_done_callback(child->future, &child->handle);
        future_unref(child->future);
    }
    free(gather);
}

/* ---- making one ---- */

static struct future *give_back(struct future *const *futures, size_t count)
{
    for (size_t i = 0; i < count; i++)
        future_unref(futures[i]);
    return NULL;
}

struct future *future_gather(struct loop *loop, struct future *const *futures,
                             size_t count, bool return_exceptions)
{
    struct gather *gather =
        malloc(sizeof *gather + count * sizeof *gather->children);
    if (!gather)
        return give_back(futures, count);
    future_init(&gather->future, loop);
    gather->future.cancel = cancel;
    gather->future.release = release;
    gather->return_exceptions = return_exceptions;
    gather->cancelling = false;
    gather->left = gather->count = count;
    for (size_t i = 0; i < count; i++) {
        gather->children[i] =
            (struct child){{.run = on_done}, gather, futures[i]};
        future_add_done_callback(futures[i], &gather->children[i].handle);
    }
    if (!count)
        finish(gather);
    return &gather->future;
}
