/* SPDX-License-Identifier: MIT */
/* A25 (coroutines): Idiom: a timer
 *
 * A Task that ticks for ever, beside other work. When that is done the timer is
 * cancelled: CancelledError comes out of its sleep.
 *
 * Python: while True: yield from asyncio.sleep(1), and Task.cancel(). */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct body {
    struct frame frame;
    struct talk *talk;
    struct task *timer;
};

static struct outcome tick(struct generator *self, struct outcome got)
{
    CO_FRAME(struct body, f);
    CO_BEGIN;
    for (;; talk_say(f->talk, "tick"))
        CO_AWAIT(talk_sleep(f->talk, 1));
    CO_FINALLY;
    talk_say(f->talk, "the timer is cancelled");
    CO_END_FINALLY;
}

static struct outcome work(struct generator *self, struct outcome got)
{
    CO_FRAME(struct body, f);
    CO_BEGIN;
    CO_AWAIT(talk_sleep(f->talk, 3.5));
    task_cancel(f->timer);
    CO_TRY_AWAIT(task_await(f->timer));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct task task;
    struct body timer = {.talk = talk}, worker = {.talk = talk, .timer = &task};
    task_init(&task, talk->loop, frame_init(&timer.frame, tick));
    return talk_complete(talk, frame_init(&worker.frame, work));
}
