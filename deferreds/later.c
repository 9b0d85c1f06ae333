/* SPDX-License-Identifier: MIT */
#include "deferreds/later.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"
#include "deferreds/ladder.h"

#include <stdlib.h>

struct later {
    struct deferred deferred;
    struct handle timer;
    struct loop *loop;
};

static void on_time(struct handle *handle)
{
    struct later *later = container_of(handle, struct later, timer);
    deferred_callback(&later->deferred, outcome_none());
}

static void describe_later(const struct handle *handle, FILE *out)
{
    deferred_describe(
        &container_of(handle, const struct later, timer)->deferred, out);
}
HANDLE_NAME(on_time, "a Deferred that waits for its time", describe_later);

WAIT_SHAPE_BY(on_time, "deferLater", struct later, timer,
              WAIT_PART(WAIT_FIRES, struct later, deferred));

static bool give_up(struct deferred *deferred)
{
    struct later *later = container_of(deferred, struct later, deferred);
    loop_cancel(later->loop, &later->timer);
    return false;
}

WAIT_SHAPE_BY(give_up, "deferLater", struct later, deferred,
              WAIT_PART(WAIT_TIMER, struct later, timer));

static void later_free(struct deferred *deferred)
{
    free(container_of(deferred, struct later, deferred));
}

struct deferred *deferred_later(struct loop *loop, nanos after, deferred_fn *fn,
                                void *context)
{
    struct later *later = calloc(1, sizeof *later);
    if (!later)
        return NULL;
    deferred_init(&later->deferred, give_up);
    later->deferred.release = later_free;
    later->timer.run = on_time;
    later->loop = loop;
    /* Cannot fail: the first four rungs need no memory. */
    if (fn)
        (void)deferred_add_callback(&later->deferred, fn, context);
    loop_call_at(loop, &later->timer, nanos_after(loop_time(loop), after));
    return &later->deferred;
}
