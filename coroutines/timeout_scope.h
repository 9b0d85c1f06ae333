/* SPDX-License-Identifier: MIT */
/* asyncio.timeout and timeout_at: a deadline for a part of a coroutine, however
 * many waits that has.
 *
 *     timeout_enter(&f->timeout, 5 * NANOS_PER_SECOND);
 *     CO_TRY_YIELD_FROM(the_part(f));
 *     got = timeout_exit(&f->timeout, got);
 *     CO_RAISE;
 *
 * What is a block with `with` in Python is a function of its own here, since
 * the scope has to be left on every way out: also when the coroutine is closed.
 *
 * When the time is over the Task is cancelled, and CancelledError comes out of
 * the wait in which it is. timeout_exit makes TimeoutError of that, unless
 * other code has cancelled the Task as well.
 */
#ifndef COROUTINES_TIMEOUT_SCOPE_H
#define COROUTINES_TIMEOUT_SCOPE_H

#include "coroutines/task.h"

#ifdef __cplusplus
extern "C" {
#endif

enum timeout_state {
    TIMEOUT_ENTERED,
    TIMEOUT_EXPIRING, /* the Task has been cancelled */
    TIMEOUT_EXPIRED,
    TIMEOUT_EXITED,
};

/* Storage that is the caller's, until the scope is left. Read at will. */
struct timeout_scope {
    struct task *task;
    struct handle timer;
    nanos when;          /* NEVER: no deadline */
    unsigned cancelling; /* how often the Task had been asked to stop before */
    enum timeout_state state;
};

/* Enters a scope of the current Task, which ends after this span. NEVER: it has
 * no deadline as yet. One that has passed cancels at the next wait. Contract:
 * inside a step of a Task. */
void timeout_enter(struct timeout_scope *scope, nanos span);
void timeout_enter_at(struct timeout_scope *scope, nanos when);

/* Sets another deadline. 0; or -EINVAL when the time is over or the scope was
 * left: RuntimeError. */
int timeout_reschedule(struct timeout_scope *scope, nanos when);

/* Leaves the scope with the outcome of its part. Returns that, or a
 * TimeoutError with it as the cause. */
OUTCOME_OWNED struct outcome timeout_exit(struct timeout_scope *scope,
                                          struct outcome came);

/* Did the time run out before the scope was left? */
static inline bool timeout_expired(const struct timeout_scope *scope)
{
    return scope->state == TIMEOUT_EXPIRING || scope->state == TIMEOUT_EXPIRED;
}

#ifdef __cplusplus
}
#endif

#endif
