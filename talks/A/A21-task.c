/* SPDX-License-Identifier: MIT */
/* A21 (coroutines): A Task advances by itself
 *
 * A coroutine alone runs only while another one waits for it. Wrapped in a Task
 * it goes on whenever the loop runs, and no code has to wait for it.
 *
 * Python: Task(coro()). */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct steps {
    struct frame frame;
    struct talk *talk;
    int i;
};

static struct outcome three_steps(struct generator *self, struct outcome got)
{
    CO_FRAME(struct steps, f);
    CO_BEGIN;
    for (f->i = 0; f->i < 3; f->i++) {
        talk_say(f->talk, "a step");
        CO_AWAIT(talk_sleep(f->talk, 1));
    }
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct steps alone = {.talk = talk}, task = {.talk = talk};
    struct generator *coroutine = frame_init(&alone.frame, three_steps);
    int error = task_spawn(talk->loop, frame_init(&task.frame, three_steps));
    talk_say(talk, "nothing has run yet");
    if (!error)
        error = loop_run(talk->loop);
    generator_drop(coroutine); /* it never began */
    return error;
}
