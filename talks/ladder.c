/* SPDX-License-Identifier: MIT */
/* A chain: the steps are functions of their own, in any order, and one place
 * says in which order they are called. Errors pass all of them by, and arrive
 * in one place. It still is a function for each step. */
#include "talks/service.h"

#include "callbacks/failure.h"
#include "deferreds/made.h"

static struct outcome step(void *context, enum service_step step)
{
    struct program *program = context;
    struct deferred *next = service_begin_deferred(&program->service, step);
    return next ? outcome_deferred(next) : outcome_failure(&failure_no_memory);
}

static struct outcome log_in(void *program, struct outcome connection)
{
    outcome_drop(connection);
    return step(program, STEP_LOG_IN);
}

static struct outcome ask(void *program, struct outcome account)
{
    outcome_drop(account);
    return step(program, STEP_ASK);
}

static struct outcome print(void *program, struct outcome answer)
{
    outcome_drop(answer);
    return step(program, STEP_PRINT);
}

static struct outcome end(void *program, struct outcome outcome)
{
    bool failed = outcome_is_failure(&outcome);
    program_end(program, failed ? outcome.failure->code : 0);
    outcome_drop(outcome);
    return outcome_none();
}

void ladder_run(struct program *program)
{
    struct deferred *d = deferred_maybe(step(program, STEP_CONNECT));
    if (!d) {
        program_end(program, failure_no_memory.code);
        return;
    }
    /* The first four rungs never fail to be added. */
    deferred_add_callback(d, log_in, program);
    deferred_add_callback(d, ask, program);
    deferred_add_callback(d, print, program);
    deferred_add_both(d, end, program);
    deferred_detach(d);
}
