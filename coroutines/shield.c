/* SPDX-License-Identifier: MIT */
#include "coroutines/shield.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

#include <stdlib.h>

struct shield {
    struct future future;
    struct future *inner; /* NULL: given up */
    struct handle done;
};

static struct shield *shield_of(struct future *future)
{
    return container_of(future, struct shield, future);
}

static void let_go(struct shield *shield)
{
    if (!shield->inner)
        return;
    future_remove_done_callback(shield->inner, &shield->done);
    future_unref(shield->inner);
    shield->inner = NULL;
}

static void end_cancelled(struct shield *shield)
{
    shield->future.cancel = NULL;
    future_cancel(&shield->future);
}

static void on_done(struct handle *handle)
{
    struct shield *shield = container_of(handle, struct shield, done);
    if (future_cancelled(shield->inner)) {
        end_cancelled(shield);
    } else {
        future_finish(&shield->future, future_share(shield->inner));
    }
    let_go(shield);
}
HANDLE_NAME(on_done, "shield", NULL);
WAIT_SHAPE_BY(on_done, "shield", struct shield, done,
              WAIT_PART(WAIT_ENDS, struct shield, future));

/* It may have failed already: the outcome is asked for, so that the failure is
 * not reported. */
static void disregard(struct future *future)
{
    const struct outcome *outcome;
    future_result(future, &outcome);
    future->disregarded = true;
}

static bool shield_cancel(struct future *future)
{
    struct shield *shield = shield_of(future);
    if (future_done(future))
        return false;
    if (shield->inner)
        disregard(shield->inner);
    let_go(shield);
    end_cancelled(shield);
    return true;
}

static void shield_release(struct future *future)
{
    let_go(shield_of(future));
    free(shield_of(future));
}
WAIT_SHAPE_BY(shield_release, "shield", struct shield, future,
              WAIT_PART(WAIT_ON, struct shield, inner));

struct future *future_shield(struct future *inner)
{
    if (future_done(inner))
        return inner;
    struct shield *shield = malloc(sizeof *shield);
    if (!shield) {
        future_unref(inner);
        return NULL;
    }
    *shield = (struct shield){.inner = inner, .done.run = on_done};
    future_init(&shield->future, inner->loop);
    shield->future.cancel = shield_cancel;
    shield->future.release = shield_release;
    future_add_done_callback(inner, &shield->done);
    return &shield->future;
}

struct outcome future_await_shielded(struct future *inner)
{
    struct future *shield = future_shield(future_ref(inner));
    return shield ? outcome_pending(&shield->awaitable)
                  : outcome_failure(&failure_no_memory);
}
