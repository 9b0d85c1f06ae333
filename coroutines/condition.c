/* SPDX-License-Identifier: MIT */
#include "coroutines/condition.h"

#include <errno.h>
#include <stdint.h>

static void pass_on(struct wait_queue *waiting)
{
    wait_queue_admit(waiting);
}

void condition_init(struct condition *condition, struct semaphore *lock)
{
    static const struct wait_queue_ops ops = {.name = "Condition",
                                              .pass_on = pass_on};
    condition->lock = lock;
    wait_queue_init(&condition->waiting, lock->waiting.loop, &ops);
}

/* ---- waiting ---- */

static struct outcome not_locked(void)
{
    return outcome_fail(&misuse_type, -EPERM,
                        "cannot wait on un-acquired lock");
}

/* The lock is back: keeps the permit, and ends with the outcome of being
 * notified. If taking the lock fails, that is the outcome of the wait, and it
 * tries again, unless it is closed. */
static struct outcome wait_once(struct generator *self, struct outcome got)
{
    CO_FRAME(struct condition_waiter, f);
    struct semaphore *const lock = f->condition->lock;
    CO_BEGIN;

    if (!semaphore_is_out(lock))
        CO_RETURN(not_locked());
    semaphore_release(lock);
    CO_TRY_AWAIT(
        wait_queue_join_in(&f->condition->waiting, &f->place, outcome_none()));
    f->came = got;
    while (!outcome_failed_with(&f->came, &generator_exit_type)) {
        CO_TRY_AWAIT(semaphore_acquire_in(lock, &f->place));
        if (!outcome_is_failure(&got))
            CO_RETURN(f->came);
        if (!outcome_is_failure(&f->came)) /* passes it on */
            wait_queue_admit(&f->condition->waiting);
        outcome_drop(f->came);
        f->came = got;
    }
    semaphore_owe(lock);
    CO_RETURN(f->came);

    CO_END;
}

struct generator *condition_wait(struct condition_waiter *waiter,
                                 struct condition *condition)
{
    waiter->condition = condition;
    waiter->came = outcome_none();
    return frame_init_named(&waiter->frame, wait_once, "condition_wait");
}

static struct outcome wait_until(struct generator *self, struct outcome got)
{
    CO_FRAME(struct condition_until, f);
    CO_BEGIN;

    while (!f->predicate(f->context))
        CO_YIELD_FROM(condition_wait(&f->waiter, f->condition));

    CO_END;
}

struct generator *condition_wait_until(struct condition_until *until,
                                       struct condition *condition,
                                       condition_predicate *predicate,
                                       void *context)
{
    until->condition = condition;
    until->predicate = predicate;
    until->context = context;
    return frame_init_named(&until->frame, wait_until, "condition_wait_until");
}

/* ---- notifying ---- */

int condition_notify(struct condition *condition, size_t count)
{
    if (!semaphore_is_out(condition->lock))
        return -EPERM;
    while (count-- && wait_queue_admit(&condition->waiting))
        ;
    return 0;
}

int condition_notify_all(struct condition *condition)
{
    return condition_notify(condition, SIZE_MAX);
}
