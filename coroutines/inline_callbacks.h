/* SPDX-License-Identifier: MIT */
/* Twisted's inlineCallbacks: a generator that waits by yielding, seen from
 * outside as a Deferred (DF27 to DF31 in the tests). The difference from a
 * Task: it runs at once, not in the next turn, and inside the call that fires
 * what it waits for. */
#ifndef COROUTINES_INLINE_CALLBACKS_H
#define COROUTINES_INLINE_CALLBACKS_H

#include "coroutines/generator.h"
#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The Deferred and what moves the generator on. Embedded in whatever it is
 * about, or from inline_callbacks_new. */
struct inline_callbacks {
    /* It fires with what the generator returns or fails with. Cancelling it
     * cancels what the generator waits for: CancelledError comes out of the
     * yield, and may be caught (DF30). */
    struct deferred deferred;

    /* private */
    struct generator *generator;
    struct awaitable *awaits; /* NULL: nothing */
    struct handle handle;
};

/* Takes the generator over, and runs it to its first wait. The Deferred is the
 * caller's; its release() may be set before it ends. */
void inline_callbacks_start(struct inline_callbacks *inline_callbacks,
                            struct generator *generator);

/* The same on the heap, freed at its end. NULL: no memory, and then the
 * generator is dropped. */
struct deferred *inline_callbacks_new(struct generator *generator);

#ifdef __cplusplus
}
#endif

#endif
