/* SPDX-License-Identifier: MIT */
#include "callbacks/failure.h"
#include "callbacks/unhandled.h"
#include "deferreds/made.h"
#include "deferreds/reactor.h"
#include "deferreds/rung_name.h"

const struct failure_type system_exit_type = {"SystemExit", NULL};

struct program {
    struct reactor *reactor;
    struct deferred *main; /* NULL: its outcome has come, or is not waited
                            * for */
    int code;
};

static int code_of(const struct outcome *outcome)
{
    if (!outcome_is_failure(outcome))
        return 0;
    if (outcome_failed_with(outcome, &system_exit_type))
        return outcome->failure->code;
    unhandled_report("main function encountered error", outcome);
    return 1;
}

static struct outcome on_end(void *context, struct outcome outcome)
{
    struct program *program = context;
    if (!program->main)
        return outcome; /* dropped: a cancellation is not an error then */
    program->code = code_of(&outcome);
    program->main = NULL;
    outcome_drop(outcome);
    (void)reactor_stop(program->reactor);
    return outcome_none();
}
RUNG_NAME(on_end);

/* A reactor that cannot run counts as a failure of main. */
static void run_program(struct program *program)
{
    int error = reactor_run(program->reactor);
    if (!error)
        return;
    struct outcome outcome = outcome_errno(error);
    program->code = code_of(&outcome);
    outcome_drop(outcome);
}

/* This function owns the Deferred until the reactor is over. */
int task_react_on(struct reactor *reactor, react_main *main, void *context)
{
    struct program program = {.reactor = reactor};
    struct deferred *deferred = deferred_maybe(main(reactor, context));
    struct outcome no_memory = outcome_failure(&failure_no_memory);
    if (!deferred)
        return code_of(&no_memory);
    program.main = deferred;
    if (deferred_add_both(deferred, on_end, &program)) {
        deferred_drop(deferred);
        return code_of(&no_memory);
    }
    run_program(&program);
    if (program.main) {
        program.main = NULL;
        deferred_drop(deferred);
    } else {
        deferred_detach(deferred);
    }
    return program.code;
}

int task_react(react_main *main, void *context)
{
    struct reactor reactor;
    struct loop *loop = NULL;
    int error = loop_new(&loop, &epoll_selector, &monotonic_clock);
    if (!error)
        error = reactor_init(&reactor, loop);
    if (error) {
        struct outcome outcome = outcome_errno(error);
        int code = code_of(&outcome);
        outcome_drop(outcome);
        loop_free(loop);
        return code;
    }
    int code = task_react_on(&reactor, main, context);
    reactor_deinit(&reactor);
    loop_free(loop);
    return code;
}
