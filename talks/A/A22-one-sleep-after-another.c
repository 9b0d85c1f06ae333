/* SPDX-License-Identifier: MIT */
/* A22 (coroutines): Idiom: one after another
 *
 * A coroutine waits three times, for 4, 3 and 1 seconds. That takes 8, for each
 * wait begins when the one before is over.
 *
 * Python: yield from asyncio.sleep(4), then 3, then 1. */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct sleeper {
    struct frame frame;
    struct talk *talk;
};

static struct outcome sequence(struct generator *self, struct outcome got)
{
    CO_FRAME(struct sleeper, f);
    struct talk *const talk = f->talk;
    CO_BEGIN;
    CO_AWAIT(talk_sleep(talk, 4));
    talk_say(talk, "the first is over");
    CO_AWAIT(talk_sleep(talk, 3));
    talk_say(talk, "the second is over");
    CO_AWAIT(talk_sleep(talk, 1));
    talk_say(talk, "the third is over");
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct sleeper sleeper = {.talk = talk};
    return talk_complete(talk, frame_init(&sleeper.frame, sequence));
}
