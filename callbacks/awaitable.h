/* SPDX-License-Identifier: MIT */
/* Something that will have an outcome: the one interface behind which
 * Deferreds, Futures, Tasks, timers and sockets look alike to the code that
 * waits for them. An await in C is:
 *
 *     if (!awaitable_ready(it)) {
 *         awaitable_notify(it, &mine->handle);
 *         return; ... and later, in run():
 *     }
 *     struct outcome outcome = awaitable_take(it);
 *
 * Ownership: the owner of an awaitable may ask, wait and cancel, and gives it
 * back in one of two ways: awaitable_take, for its outcome, or awaitable_drop,
 * without. An outcome_pending moves the ownership. So an awaitable never goes
 * away under the code that waits for it.
 *
 * All of this happens on the thread of the loop that the awaitable belongs to.
 */
#ifndef CALLBACKS_AWAITABLE_H
#define CALLBACKS_AWAITABLE_H

#include "callbacks/loop.h"
#include "callbacks/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

struct awaitable_ops {
    const char *name; /* for people: "Future" */

    /* True: its end may run a waiting handle inside a call made by other code,
     * as a Deferred does inside deferred_fire. A Task, which must not make a
     * step inside such a call, then goes through loop_call_soon. False: handles
     * run only when the loop calls them. */
    bool ends_inside_a_call;

    /* Is the outcome there? */
    bool (*ready)(const struct awaitable *awaitable);

    /* Returns the outcome, which is the caller's from then on and is never
     * pending. Only when ready. The awaitable no longer belongs to the caller:
     * it may be gone. */
    struct outcome (*take)(struct awaitable *awaitable);

    /* Runs the handle once the awaitable is ready: at once or in the loop's
     * next turn, depending on its kind. Only while it is not ready. The handle
     * stays its owner's, is idle, and is waiting until it runs or is withdrawn.
     * How many handles may wait is up to the kind: at least one. */
    void (*notify)(struct awaitable *awaitable, struct handle *handle);

    /* The handle will not run, whether it was waiting or on its way. */
    void (*withdraw)(struct awaitable *awaitable, struct handle *handle);

    /* The outcome is no longer needed. True: it will be ready, now or later, as
     * a rule with failure_cancelled. False: it is too late: it is ready, or
     * what it stands for has ended and that is about to be reported. It ends
     * like any other, so a waiting handle may run in here. */
    bool (*cancel)(struct awaitable *awaitable);

    /* Instead of take: the outcome is not needed. The work behind it is told,
     * as by cancel, but no handle runs: withdraw yours before. */
    void (*drop)(struct awaitable *awaitable);
};

/* Embedded in whatever can be waited for, and found again with container_of. */
struct awaitable {
    const struct awaitable_ops *ops;
};

static inline bool awaitable_ready(const struct awaitable *awaitable)
{
    return awaitable->ops->ready(awaitable);
}

OUTCOME_OWNED static inline struct outcome
awaitable_take(struct awaitable *awaitable)
{
    return awaitable->ops->take(awaitable);
}

static inline void awaitable_notify(struct awaitable *awaitable,
                                    struct handle *handle)
{
    awaitable->ops->notify(awaitable, handle);
}

static inline void awaitable_withdraw(struct awaitable *awaitable,
                                      struct handle *handle)
{
    awaitable->ops->withdraw(awaitable, handle);
}

static inline bool awaitable_cancel(struct awaitable *awaitable)
{
    return awaitable->ops->cancel(awaitable);
}

static inline void awaitable_drop(struct awaitable *awaitable)
{
    awaitable->ops->drop(awaitable);
}

#ifdef __cplusplus
}
#endif

#endif
