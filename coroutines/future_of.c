/* SPDX-License-Identifier: MIT */
#include "coroutines/future_of.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

#include <stdlib.h>

struct standing_in {
    struct future future;
    struct awaitable *awaits; /* NULL: it has ended */
    struct handle ended;
};

static struct standing_in *standing_in_of(struct future *future)
{
    return container_of(future, struct standing_in, future);
}

static void on_ended(struct handle *handle)
{
    struct standing_in *it = container_of(handle, struct standing_in, ended);
    struct awaitable *awaited = it->awaits;
    it->awaits = NULL;
    future_end_with(&it->future, awaitable_take(awaited));
}
HANDLE_NAME(on_ended, "a Future in the place of something else", NULL);
WAIT_SHAPE_BY(on_ended, "a Future of something else", struct standing_in, ended,
              WAIT_PART(WAIT_ENDS, struct standing_in, future));

static void standing_in_stop(struct standing_in *it)
{
    struct awaitable *awaited = it->awaits;
    it->awaits = NULL;
    awaitable_withdraw(awaited, &it->ended);
    awaitable_cancel(awaited);
    awaitable_drop(awaited);
}

static bool standing_in_cancel(struct future *future)
{
    if (future_done(future))
        return false;
    future_end_with(future, outcome_failure(&failure_cancelled));
    standing_in_stop(standing_in_of(future));
    return true;
}

static void standing_in_release(struct future *future)
{
    struct standing_in *it = standing_in_of(future);
    if (it->awaits) {
        awaitable_withdraw(it->awaits, &it->ended);
        awaitable_drop(it->awaits);
    }
    free(it);
}
WAIT_SHAPE_BY(standing_in_release, "a Future of something else",
              struct standing_in, future,
              WAIT_PART(WAIT_ON, struct standing_in, awaits));

struct future *future_of(struct loop *loop, struct outcome come)
{
    struct standing_in *it = malloc(sizeof *it);
    if (!it) {
        outcome_drop(come);
        return NULL;
    }
    *it = (struct standing_in){.ended.run = on_ended};
    future_init(&it->future, loop);
    it->future.release = standing_in_release;
    if (!outcome_is_pending(&come)) {
        future_end_with(&it->future, come);
    } else if (awaitable_ready(come.awaitable)) {
        future_end_with(&it->future, awaitable_take(come.awaitable));
    } else {
        it->future.cancel = standing_in_cancel;
        it->awaits = come.awaitable;
        awaitable_notify(it->awaits, &it->ended);
    }
    return &it->future;
}
