/* SPDX-License-Identifier: MIT */
#include "coroutines/future_wrap.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

/* ---- the outcome of a source ---- */

static struct outcome concurrent_share(const struct outcome *outcome)
{
    concurrent_future_ref(outcome->pointer);
    return *outcome;
}

static void concurrent_drop(struct outcome outcome)
{
    concurrent_future_unref(outcome.pointer);
}

const struct kind concurrent_kind = {.name = "result of a thread",
                                     .drop = concurrent_drop,
                                     .share = concurrent_share};

/* Contract: it is done. */
static struct outcome outcome_of(struct concurrent_future *source)
{
    int error = concurrent_future_result(source, NULL, 0);
    if (error == -ECANCELED)
        return outcome_failure(&failure_cancelled);
    return error
               ? outcome_errno(error)
               : outcome_value(&concurrent_kind, concurrent_future_ref(source));
}

/* ---- the way from the source to the Future ---- */

/* A callback cannot be removed from a source, so it is not part of the Future.
 * It is freed when it has arrived on the loop, or, once it is cut off from the
 * Future, on the thread that ends the source. */
enum fate { WAITS, ON_ITS_WAY, CUT };

struct wrapped {
    struct future future;
    struct wire *wire; /* NULL: it is gone */
};

struct wire {
    struct done_callback done;
    struct handle arrival;
    struct mailbox *mailbox;
    struct concurrent_future *source;
    struct wrapped *wrapped; /* for the loop's thread; NULL: gone */
    _Atomic enum fate fate;
};

static void wire_free(struct wire *wire)
{
    concurrent_future_unref(wire->source);
    free(wire);
}

static bool turns_to(struct wire *wire, enum fate fate)
{
    enum fate waits = WAITS;
    return atomic_compare_exchange_strong(&wire->fate, &waits, fate);
}

/* On any thread. */
static void on_done(struct done_callback *done,
                    struct concurrent_future *source)
{
    struct wire *wire = container_of(done, struct wire, done);
    (void)source;
    if (turns_to(wire, ON_ITS_WAY))
        mailbox_post(wire->mailbox, &wire->arrival);
    else
        wire_free(wire);
}

static void on_arrival(struct handle *handle)
{
    struct wire *wire = container_of(handle, struct wire, arrival);
    if (wire->wrapped) {
        wire->wrapped->wire = NULL;
        future_end_with(&wire->wrapped->future, outcome_of(wire->source));
    }
    mailbox_release(wire->mailbox);
    wire_free(wire);
}
HANDLE_NAME(on_arrival, "what a thread has come to", NULL);

/* ---- the Future ---- */

static struct wrapped *wrapped_of(struct future *future)
{
    return container_of(future, struct wrapped, future);
}

static void cut_wrapped(struct wrapped *wrapped)
{
    struct wire *wire = wrapped->wire;
    if (!wire)
        return;
    wrapped->wire = NULL;
    wire->wrapped = NULL;
    struct concurrent_future *source = concurrent_future_ref(wire->source);
    struct mailbox *mailbox = wire->mailbox;
    if (turns_to(wire, CUT))
        mailbox_release(mailbox);
    concurrent_future_cancel(source);
    concurrent_future_unref(source);
}

static bool wrapped_cancel(struct future *future)
{
    if (future_done(future))
        return false;
    cut_wrapped(wrapped_of(future));
    future_end_with(future, outcome_failure(&failure_cancelled));
    return true;
}

static void wrapped_release(struct future *future)
{
    cut_wrapped(wrapped_of(future));
    free(wrapped_of(future));
}
WAIT_SHAPE_BY(wrapped_release, "work on another thread", struct wrapped, future,
              WAIT_PART(WAIT_NOTHING, struct wrapped, wire));

/* ---- making one ---- */

static int connect(struct wrapped *wrapped, struct mailbox *mailbox,
                   struct concurrent_future *source)
{
    struct wire *wire = malloc(sizeof *wire);
    if (!wire)
        return -ENOMEM;
    int error = mailbox_hold(mailbox);
    if (error) {
        free(wire);
        return error;
    }
    *wire = (struct wire){.done.call = on_done,
                          .arrival.run = on_arrival,
                          .mailbox = mailbox,
                          .source = source,
                          .wrapped = wrapped};
    wrapped->wire = wire;
    concurrent_future_add_done_callback(source, &wire->done);
    return 0;
}

struct future *future_wrap(struct loop *loop, struct mailbox *mailbox,
                           struct concurrent_future *source)
{
    struct wrapped *wrapped = malloc(sizeof *wrapped);
    if (!wrapped) {
        concurrent_future_unref(source);
        return NULL;
    }
    wrapped->wire = NULL;
    future_init(&wrapped->future, loop);
    wrapped->future.cancel = wrapped_cancel;
    wrapped->future.release = wrapped_release;
    int error = connect(wrapped, mailbox, source);
    if (error) {
        concurrent_future_unref(source);
        future_end_with(&wrapped->future, outcome_errno(error));
    }
    return &wrapped->future;
}
