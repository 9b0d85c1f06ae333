/* SPDX-License-Identifier: MIT */
/* An `except` that catches every error catches CancelledError, too: the Task
 * was told to stop, and goes on. */
#include "lessons/E5/virtual_loop.h"

#include "coroutines/frame.h"
#include "coroutines/sleep.h"

enum { ROUNDS = 10, ROUNDS_UNTIL_CANCEL = 3 };

struct watchman {
    struct frame frame;
    struct task task;
    struct loop *loop;
    bool swallows;
    int round;
};

/* A round a second, until morning. One that fails must not be the last. */
static struct outcome go_round(struct generator *self, struct outcome got)
{
    CO_FRAME(struct watchman, f);
    CO_BEGIN;
    for (f->round = 0; f->round < ROUNDS; f->round++) {
        CO_TRY_AWAIT(sleep_for(f->loop, NANOS_PER_SECOND));
        if (!f->swallows && outcome_failed_with(&got, &cancelled_type))
            CO_RETURN(got);
        outcome_drop(got);
    }
    CO_END;
}

struct owner {
    struct frame frame;
    struct watchman watchman;
    long rounds_too_many;
};

/* After three rounds and a half the watchman is told to stop. */
static struct outcome own(struct generator *self, struct outcome got)
{
    CO_FRAME(struct owner, f);
    struct watchman *const watchman = &f->watchman;
    CO_BEGIN;
    task_init(&watchman->task, watchman->loop,
              frame_init(&watchman->frame, go_round));
    CO_AWAIT(sleep_for(watchman->loop, ROUNDS_UNTIL_CANCEL * NANOS_PER_SECOND +
                                           NANOS_PER_SECOND / 2));
    task_cancel(&watchman->task);
    CO_TRY_AWAIT(task_await(&watchman->task));
    outcome_drop(got);
    f->rounds_too_many = watchman->round - ROUNDS_UNTIL_CANCEL;
    task_unref(&watchman->task);
    CO_END;
}

static long rounds_too_many(bool swallows)
{
    struct virtual_loop time;
    struct owner owner = {.watchman.swallows = swallows};
    virtual_loop_init(&time);
    owner.watchman.loop = time.loop;
    virtual_loop_complete(&time, frame_init(&owner.frame, own));
    return owner.rounds_too_many;
}

static long make(void)
{
    return rounds_too_many(true);
}

static long mend(void)
{
    return rounds_too_many(false);
}

int main(void)
{
    static const struct wrong swallowed_cancel = {
        .mistake = "a loop that is not to end at an error catches them all",
        .damage = "rounds that were made after it was told to stop",
        .make = make,
        .mend = mend,
        .why = "cancel() tells a Task by an error at its wait, and the Task "
               "may catch it: then it has been asked once, and goes on. What "
               "waits for its end waits until it comes by itself.",
        .instead = "catch the errors that you can mend, by name. One that is "
                   "a CancelledError goes on when you have cleaned up; so "
                   "does GeneratorExit. task.cancelling says how often a Task "
                   "was asked.",
    };
    return wrong_show(&swallowed_cancel);
}
