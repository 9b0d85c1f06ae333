/* SPDX-License-Identifier: MIT */
#include "coroutines/inline_callbacks.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

#include <stdlib.h>

static struct inline_callbacks *inline_callbacks_of(struct deferred *deferred)
{
    return container_of(deferred, struct inline_callbacks, deferred);
}

/* Waits for what was yielded, unless it is there already. A value that cannot
 * be waited for is sent straight back (DF27). */
static bool has_to_wait(struct inline_callbacks *it, struct outcome *came)
{
    if (!outcome_is_pending(came))
        return false;
    if (awaitable_ready(came->awaitable)) {
        *came = awaitable_take(came->awaitable);
        return false;
    }
    it->awaits = came->awaitable;
    awaitable_notify(came->awaitable, &it->handle);
    return true;
}

/* A loop and not a recursion, so that a thousand answers that are there already
 * need no deep stack (DF28). */
static void inline_callbacks_step(struct inline_callbacks *it,
                                  struct outcome sent)
{
    struct outcome came = generator_send(it->generator, sent);
    while (!generator_is_over(it->generator)) {
        if (has_to_wait(it, &came))
            return;
        came = generator_send(it->generator, came);
    }
    generator_drop(it->generator);
    it->generator = NULL;
    deferred_fire(&it->deferred, came);
}

static void on_ready(struct handle *handle)
{
    struct inline_callbacks *it =
        container_of(handle, struct inline_callbacks, handle);
    struct awaitable *awaited = it->awaits;
    it->awaits = NULL;
    inline_callbacks_step(it, awaitable_take(awaited));
}
HANDLE_NAME(on_ready, "inlineCallbacks", NULL);
WAIT_SHAPE_BY(on_ready, "inlineCallbacks", struct inline_callbacks, handle,
              WAIT_PART(WAIT_GENERATOR, struct inline_callbacks, generator),
              WAIT_PART(WAIT_FIRES, struct inline_callbacks, deferred));

/* The canceller. True: the generator goes on, and fires it at its end. */
static bool inline_callbacks_cancel(struct deferred *deferred)
{
    if (inline_callbacks_of(deferred)->awaits)
        awaitable_cancel(inline_callbacks_of(deferred)->awaits);
    return true;
}

void inline_callbacks_start(struct inline_callbacks *it,
                            struct generator *generator)
{
    *it = (struct inline_callbacks){.generator = generator,
                                    .handle.run = on_ready};
    deferred_init(&it->deferred, inline_callbacks_cancel);
    inline_callbacks_step(it, outcome_none());
}

WAIT_SHAPE_BY(inline_callbacks_cancel, "inlineCallbacks",
              struct inline_callbacks, deferred,
              WAIT_PART(WAIT_GENERATOR, struct inline_callbacks, generator),
              WAIT_PART(WAIT_ON, struct inline_callbacks, awaits));

static void inline_callbacks_release(struct deferred *deferred)
{
    free(inline_callbacks_of(deferred));
}

struct deferred *inline_callbacks_new(struct generator *generator)
{
    struct inline_callbacks *it = malloc(sizeof *it);
    if (!it) {
        generator_drop(generator);
        return NULL;
    }
    inline_callbacks_start(it, generator);
    it->deferred.release = inline_callbacks_release;
    return &it->deferred;
}
