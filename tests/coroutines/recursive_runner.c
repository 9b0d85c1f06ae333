/* SPDX-License-Identifier: MIT */
/* Another core behind coroutines/runner.h, as a learner might write one: each
 * step calls the next one. Code that uses the core must not notice, but for
 * generators with more results that are there at once than fit on a stack.
 */
#include "coroutines/runner.h"

#include <errno.h>
#include <string.h>

/* ---- steps ---- */

static void clean_up(struct runner *runner)
{
    struct generator *generator = runner->generator;
    runner_drop_callbacks(runner);
    generator_drop(generator);
    runner->generator = NULL;
    runner->running = false;
}

static void end(struct runner *runner, struct outcome came)
{
    if (!runner->had_failure)
        came = runner_check_callbacks(runner, came);
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
