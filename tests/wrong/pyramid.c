/* SPDX-License-Identifier: MIT */
/* Callbacks: the inverted pyramid loses an error. */
#include "wrong.h"

#include "callbacks/failure.h"
#include "deferreds/deferred.h"

#include <errno.h>

/* A program in four steps, each of which may go wrong: 1 connect, 2 log in,
 * 3 ask, 4 print. */
enum { STEPS = 4 };

struct program {
    int wrong_step;
    bool ended; /* the caller was told how it went */
};

/* ---- wrong: nested callbacks ---- */

/* Each step calls the next one, or the function for errors, if it has one. */
typedef void step_fn(struct program *program);

static void begin_step(struct program *program, int step, step_fn *next,
                       step_fn *failed)
{
    if (step != program->wrong_step)
        next(program);
    else if (failed)
        failed(program);
}

static void tell(struct program *program)
{
    program->ended = true;
}

static void on_answer(struct program *program)
{
    begin_step(program, 4, tell, tell);
}

static void on_logged_in(struct program *program)
{
    begin_step(program, 3, on_answer, NULL); /* the one that was forgotten */
}

static void on_connected(struct program *program)
{
    begin_step(program, 2, on_logged_in, tell);
}

static void nested(struct program *program)
{
    begin_step(program, 1, on_connected, tell);
}

/* ---- right: a chain ---- */

struct link {
    struct program *program;
    int step;
};

static struct outcome run_step(void *context, struct outcome outcome)
{
    struct link *link = context;
    outcome_drop(outcome);
    return link->step == link->program->wrong_step ? outcome_errno(-EIO)
                                                   : outcome_none();
}

static struct outcome tell_outcome(void *program, struct outcome outcome)
{
    tell(program);
    outcome_drop(outcome);
    return outcome_none();
}

static void chained(struct program *program)
{
    struct link links[STEPS];
    struct deferred *chain = deferred_new(NULL);
    wrong_need(chain != NULL, "deferred_new");
    for (int i = 0; i < STEPS; i++) {
        links[i] = (struct link){program, i + 1};
        wrong_need(!deferred_add_callback(chain, run_step, &links[i]), "add");
    }
    wrong_need(!deferred_add_both(chain, tell_outcome, program), "add");
    deferred_callback(chain, outcome_none());
    deferred_detach(chain);
}

/* ---- both ---- */

static long lost(void (*run)(struct program *program))
{
    long lost = 0;
    for (int step = 0; step <= STEPS; step++) {
        struct program program = {.wrong_step = step};
        run(&program);
        lost += !program.ended;
    }
    return lost;
}

static long make(void)
{
    return lost(nested);
}

static long mend(void)
{
    return lost(chained);
}

int main(void)
{
    static const struct wrong pyramid = {
        .mistake = "nested callbacks, and one of them has no error function",
        .damage = "errors, of one in each step, that the caller is not told of",
        .make = make,
        .mend = mend,
        .why = "each step of the pyramid has its own two ways out, and both "
               "must be written down each time. Where one is missing nothing "
               "happens any more: no error, no crash, a program that waits.",
        .instead =
            "a chain has one way for errors, past all steps to the "
            "errback at its end. talks/pyramid.c and talks/ladder.c have "
            "one program in both forms.",
    };
    return wrong_show(&pyramid);
}
