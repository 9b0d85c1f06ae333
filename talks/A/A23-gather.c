/* SPDX-License-Identifier: MIT */
/* A23 (coroutines): Idiom: all at once
 *
 * Three Tasks that take 4, 3 and 2 seconds take 4 together. What gather returns
 * has their results in the order in which they were given.
 *
 * Python: yield from asyncio.gather(...). */
#include "coroutines/gather.h"
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct work {
    struct frame frame;
    struct talk *talk;
    int seconds;
};

static struct outcome work(struct generator *self, struct outcome got)
{
    CO_FRAME(struct work, f);
    CO_BEGIN;
    CO_AWAIT(talk_sleep(f->talk, f->seconds));
    talk_say(f->talk, "one is done");
    CO_RETURN(outcome_number(f->seconds));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct work works[3];
    struct task tasks[3];
    struct future *futures[3];
    for (int i = 0; i < 3; i++) {
        works[i] = (struct work){.talk = talk, .seconds = 4 - i};
        task_init(&tasks[i], talk->loop, frame_init(&works[i].frame, work));
        futures[i] = task_future(&tasks[i]);
    }
    struct future *all = future_gather(talk->loop, futures, 3, false);
    if (!all)
        return -ENOMEM;
    int error = loop_run(talk->loop);
    talk_print_outcome(awaitable_take(&all->awaitable));
    return error;
}
