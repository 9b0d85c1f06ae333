/* SPDX-License-Identifier: MIT */
/* Another core behind coroutines/runner.h, as a learner might write one: each
 * step calls the next one, and callbacks are searched from the oldest on. What
 * stands on the core must not notice, but for generators with more results that
 * are there at once than fit on a stack.
 */
#include "coroutines/runner.h"

#include <errno.h>
#include <string.h>

/* ---- callbacks ---- */

/* The place where a pointer to it stands; or the end of the list. */
static struct runner_callback **place_of(struct runner *runner,
                                         const struct runner_callback *callback)
{
    struct runner_callback **place = &runner->pending;
    while (*place && *place != callback)
        place = &(*place)->next;
    return place;
}

static bool has_key(const struct runner_callback *callback, const char *key)
{
    return callback->key && strcmp(callback->key, key) == 0;
}

struct runner_callback *runner_find(const struct runner *runner,
                                    const char *key)
{
    for (struct runner_callback *it = runner->pending; it; it = it->next)
        if (has_key(it, key))
            return it;
    return NULL;
}

struct outcome runner_register(struct runner *runner,
                               struct runner_callback *callback,
                               const char *key)
{
    if (key && runner_find(runner, key))
        return outcome_fail(&key_reuse_type, -EEXIST,
                            "key %s is already pending", key);
    memset(callback, 0, sizeof *callback);
    callback->runner = runner;
    callback->key = key;
    *place_of(runner, NULL) = callback;
    return outcome_none();
}

struct outcome runner_pop(struct runner_callback *callback)
{
    *place_of(callback->runner, callback) = callback->next;
    callback->runner = NULL;
    return outcome_take(&callback->result);
}

void runner_call(struct runner_callback *callback, struct outcome result)
{
    struct runner *runner = callback->runner;
    outcome_drop(outcome_take(&callback->result));
    if (!runner) {
        outcome_drop(result);
        return;
    }
    callback->result = result;
    callback->called = true;
    runner_run(runner);
}

/* ---- steps ---- */

static struct outcome leaked(const struct runner_callback *callback)
{
    return outcome_fail(&leaked_callback_type, -EBUSY,
                        "finished without waiting for callback %s",
                        callback->key ? callback->key : "of a Task");
}

static void clean_up(struct runner *runner)
{
    struct generator *generator = runner->generator;
    while (runner->pending)
        outcome_drop(runner_pop(runner->pending));
    generator_drop(generator);
    runner->generator = NULL;
    runner->running = false;
}

static void end(struct runner *runner, struct outcome came)
{
    bool clean = !outcome_is_failure(&came) && !runner->had_failure;
    if (clean && runner->pending) {
        outcome_drop(came);
        came = leaked(runner->pending);
    }
    clean_up(runner);
    runner->ended(runner, came);
}

static void step(struct runner *runner, struct outcome sent);

static void wait_for(struct runner *runner, struct yield_point *point)
{
    runner->point = point;
    struct outcome came = point->ops->start(point, runner);
    if (outcome_is_failure(&came))
        step(runner, came);
    else if (point->ops->is_ready(point))
        step(runner, point->ops->get_result(point));
    else
        runner->running = false;
}

static void step(struct runner *runner, struct outcome sent)
{
    runner->running = true;
    if (outcome_is_failure(&sent))
        runner->had_failure = true;
    struct outcome came = generator_send(runner->generator, sent);
    if (generator_is_over(runner->generator)) {
        end(runner, came);
    } else if (came.kind == &yield_point_kind) {
        wait_for(runner, came.pointer);
    } else if (outcome_is_pending(&came)) {
        wait_for(runner, await_point_init(&runner->await, came.awaitable));
    } else {
        outcome_drop(came);
        step(runner,
             outcome_fail(&bad_yield_type, -EINVAL, "yielded unknown object"));
    }
}

/* ---- from outside ---- */

void runner_run(struct runner *runner)
{
    struct yield_point *point = runner->point;
    if (!runner->running && runner->generator && point->ops->is_ready(point))
        step(runner, point->ops->get_result(point));
}

void runner_start(struct runner *runner, struct generator *generator,
                  void (*ended)(struct runner *self, struct outcome outcome))
{
    memset(runner, 0, sizeof *runner);
    runner->generator = generator;
    runner->ended = ended;
    step(runner, outcome_none());
}

bool runner_cancel(struct runner *runner)
{
    if (runner->running || !runner->generator)
        return false;
    await_point_leave(&runner->await);
    step(runner, outcome_failure(&failure_cancelled));
    return true;
}

void runner_close(struct runner *runner)
{
    runner->running = true;
    await_point_leave(&runner->await);
    if (runner->generator)
        clean_up(runner);
    runner->running = false;
}
