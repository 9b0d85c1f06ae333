/* SPDX-License-Identifier: MIT */
/* An outcome that is not there yet, and that any number of readers may get.
 * Episode 4; asyncio's, with its rules (FU1 to FU6 in the tests).
 *
 *     PENDING -- future_finish --> FINISHED
 *        `------ future_cancel --> CANCELLED
 *
 * Unlike a Deferred it keeps its outcome, hands the same one to all that ask,
 * and calls no code from inside future_finish: callbacks are handles, which the
 * loop runs in its next turn, in the order in which they were added
 * (FU3).
 *
 * A Future is counted. The code that promised it has one reference, the code
 * that waits for it another.
 *
 * The functions above the line "beside the core" are the core, future.c: lesson
 * E4 puts the learner's in its place. A Future belongs to the thread of its
 * loop.
 */
#ifndef COROUTINES_FUTURE_H
#define COROUTINES_FUTURE_H

#include "callbacks/awaitable.h"
#include "callbacks/failure.h"

#ifdef __cplusplus
extern "C" {
#endif

enum future_state { FUTURE_PENDING, FUTURE_FINISHED, FUTURE_CANCELLED };

struct future {
    struct awaitable awaitable; /* so that anything can wait for it */

    /* yours, after future_init, for what is more than a Future; may be NULL */
    const char *what;                     /* "Future", or what it is */
    bool (*cancel)(struct future *self);  /* instead of ending at once */
    void (*release)(struct future *self); /* it has no owner any more */

    struct loop *loop; /* that of future_init; you may read */

    /* the core's; inspectors may read */
    struct outcome outcome;      /* once it is done */
    struct handle *first, *last; /* the callbacks, in order */
    unsigned references;
    enum future_state state;
    bool unasked; /* it has failed, and no code has looked */

    bool disregarded; /* yours, too: if set, a failure is not reported */
};

/* Initialises storage that is the caller's: pending, with one reference. */
void future_init(struct future *future, struct loop *loop);

/* 0; or -EALREADY when it is done, and then the outcome is dropped (FU1). The
 * outcome is not pending. */
int future_finish(struct future *future, struct outcome outcome);

/* False when it is done, or when its `cancel` says that it is too late, as that
 * of a gather does whose members have all ended. Else it ends with
 * failure_cancelled, now or when its `cancel` ends it. */
bool future_cancel(struct future *future);

/* Lends the outcome: the Future keeps it. -EINVAL while it is pending (FU2). */
int future_result(struct future *future, const struct outcome **outcome);

/* Runs the handle in the turn after the one in which the Future is done; if it
 * is done, in the next turn. The handle stays its owner's, and is idle. */
void future_add_done_callback(struct future *future, struct handle *handle);

/* The handle will not run. False: it was not among the callbacks. */
bool future_remove_done_callback(struct future *future, struct handle *handle);

/* The last one reports a failure that no code has asked for (FU4), drops the
 * outcome and calls `release`. Contract: no callback is left. */
void future_unref(struct future *future);

static inline struct future *future_ref(struct future *future)
{
    future->references++;
    return future;
}

static inline bool future_done(const struct future *future)
{
    return future->state != FUTURE_PENDING;
}

static inline bool future_cancelled(const struct future *future)
{
    return future->state == FUTURE_CANCELLED;
}

/* ---- beside the core ---- */

extern const struct awaitable_ops future_ops;

/* A Future alone, on the heap. NULL: no memory. */
struct future *future_new(struct loop *loop);

/* Ends it with the outcome of something else; as cancelled, if that failed with
 * CancelledError. For a Future with a `cancel` of its own, whose work is over
 * now. 0 or -EALREADY. */
int future_end_with(struct future *future, struct outcome outcome);

/* A share of its outcome, which is the caller's; the Future keeps its own. This
 * counts as having asked for it (FU4). A value that can have one owner only
 * goes to the first caller. Contract: it is done. */
OUTCOME_OWNED struct outcome future_share(struct future *future);

/* For code that waits: one more reference, which the wait gives back (FU6), and
 * the outcome as future_share has it. */
static inline struct outcome future_await(struct future *future)
{
    return outcome_pending(&future_ref(future)->awaitable);
}

static inline int future_set_result(struct future *future, struct outcome value)
{
    return future_finish(future, value);
}

/* Takes over one reference. */
static inline int future_set_exception(struct future *future,
                                       const struct failure *failure)
{
    return future_finish(future, outcome_failure(failure));
}

#ifdef __cplusplus
}
#endif

#endif
