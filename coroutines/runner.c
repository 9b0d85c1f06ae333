/* SPDX-License-Identifier: MIT */
#include "coroutines/runner.h"

#include "base/contract.h"

#include <errno.h>

/* ---- the end ---- */

/* Drops the callbacks first, because their storage may be freed with the
 * generator. */
static void end_generator(struct runner *runner)
{
    runner_drop_callbacks(runner);
    generator_drop(runner->generator);
    runner->generator = NULL;
}

/* After a failure some callbacks may never have had their Wait. So a callback
 * that is left is a mistake only if there was no failure. */
static void runner_finish(struct runner *runner, struct outcome came)
{
    if (!runner->had_failure)
        came = runner_check_callbacks(runner, came);
    end_generator(runner);
    runner->running = false;
    runner->ended(runner, came);
}

/* ---- a step ---- */

/* Finds what goes into the generator next. False: it has to wait for that. */
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

/* Starts what was yielded. None, or the failure that comes out of the yield. */
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

/* A loop and not a recursion, so that results that are there already need no
 * deep stack, nor callbacks that are called before their Wait (TG3). */
void runner_run(struct runner *runner)
{
    struct outcome next;
    if (runner->running || !runner->generator)
        return;
    runner->running = true;
    while (get_next(runner, &next)) {
        struct outcome came = generator_send(runner->generator, next);
        if (generator_is_over(runner->generator)) {
            runner_finish(runner, came);
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
    runner->running = true; /* so that nothing in its finally resumes it */
    await_point_leave(&runner->await);
    end_generator(runner);
    runner->running = false;
}
