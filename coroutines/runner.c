/* SPDX-License-Identifier: MIT */
#include "coroutines/runner.h"

#include "base/contract.h"

#include <errno.h>
#include <string.h>

/* ---- callbacks, in a list through themselves ---- */

struct runner_callback *runner_find(const struct runner *runner,
                                    const char *key)
{
    struct runner_callback *it = runner->pending;
    while (it && !(it->key && !strcmp(it->key, key)))
        it = it->next;
    return it;
}

struct outcome runner_register(struct runner *runner,
                               struct runner_callback *callback,
                               const char *key)
{
    if (key && runner_find(runner, key))
        return outcome_fail(&key_reuse_type, -EEXIST,
                            "key %s is already pending", key);
    *callback = (struct runner_callback){
        .runner = runner, .key = key, .next = runner->pending};
    if (runner->pending)
        runner->pending->previous = callback;
    runner->pending = callback;
    return outcome_none();
}

struct outcome runner_pop(struct runner_callback *callback)
{
    if (callback->previous)
        callback->previous->next = callback->next;
    else
        callback->runner->pending = callback->next;
    if (callback->next)
        callback->next->previous = callback->previous;
    callback->runner = NULL;
    return outcome_take(&callback->result);
}

void runner_call(struct runner_callback *callback, struct outcome result)
{
    REQUIRE(!outcome_is_pending(&result),
            "runner_call: the result is not pending");
    if (!callback->runner) {
        outcome_drop(result);
        return;
    }
    outcome_drop(callback->result);
    callback->result = result;
    callback->called = true;
    runner_run(callback->runner);
}

/* ---- the end ---- */

/* The callbacks go first: their storage may go with the generator. */
static void end_generator(struct runner *runner)
{
    while (runner->pending)
        outcome_drop(runner_pop(runner->pending));
    generator_drop(runner->generator);
    runner->generator = NULL;
}

/* After a failure some callbacks may never have had their Wait: only if there
 * was none is one that is left a mistake. */
static void finish(struct runner *runner, struct outcome came)
{
    if (runner->pending && !runner->had_failure && !outcome_is_failure(&came)) {
        const char *key = runner->pending->key;
        outcome_drop(came);
        came = outcome_fail(&leaked_callback_type, -EBUSY,
                            "finished without waiting for callback %s",
                            key ? key : "of a Task");
    }
    end_generator(runner);
    runner->running = false;
    runner->ended(runner, came);
}

/* ---- a step ---- */

/* What goes into the generator next. False: it has to wait for that. */
static bool get_next(struct runner *runner, struct outcome *next)
{
    struct yield_point *point = runner->point;
    *next = outcome_take(&runner->thrown);
    if (outcome_is_none(next) && point) {
        if (!point->ops->is_ready(point))
            return false;
        *next = point->ops->get_result(point);
    }
    runner->had_failure |= outcome_is_failure(next);
    return true;
}

/* None, or the failure that comes out of the yield. */
static struct outcome start_point(struct runner *runner, struct outcome came)
{
    if (came.kind == &yield_point_kind) {
        runner->point = came.pointer;
    } else if (outcome_is_pending(&came)) {
        runner->point = await_point_init(&runner->await, came.awaitable);
    } else {
        outcome_drop(came);
        return outcome_fail(&bad_yield_type, -EINVAL, "yielded unknown object");
    }
    return runner->point->ops->start(runner->point, runner);
}

/* A loop: results that are there already need no deep stack, nor does a
 * callback that is called before its Wait (TG3). */
void runner_run(struct runner *runner)
{
    struct outcome next;
    if (runner->running || !runner->generator)
        return;
    runner->running = true;
    while (get_next(runner, &next)) {
        struct outcome came = generator_send(runner->generator, next);
        if (generator_is_over(runner->generator)) {
            finish(runner, came);
            return;
        }
        runner->thrown = start_point(runner, came);
    }
    runner->running = false;
}

/* ---- from outside ---- */

void runner_start(struct runner *runner, struct generator *generator,
                  void (*ended)(struct runner *self, struct outcome outcome))
{
    *runner = (struct runner){.ended = ended, .generator = generator};
    runner_run(runner);
}

bool runner_cancel(struct runner *runner)
{
    if (runner->running || !runner->generator)
        return false;
    await_point_leave(&runner->await);
    runner->thrown = outcome_failure(&failure_cancelled);
    runner_run(runner);
    return true;
}

void runner_close(struct runner *runner)
{
    REQUIRE(!runner->running, "runner_close: not from inside the generator");
    if (!runner->generator)
        return;
    runner->running = true; /* nothing in its finally moves it on */
    await_point_leave(&runner->await);
    end_generator(runner);
    runner->running = false;
}
