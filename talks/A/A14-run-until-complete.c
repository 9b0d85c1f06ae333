/* SPDX-License-Identifier: MIT */
/* A14 (coroutines): The main loop runs a coroutine to its end
 *
 * A coroutine does nothing by itself. The loop runs it until it is complete,
 * and hands out what it returns.
 *
 * Python: loop.run_until_complete(hello_world()). */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct hello {
    struct frame frame;
    struct talk *talk;
};

static struct outcome hello_world(struct generator *self, struct outcome got)
{
    CO_FRAME(struct hello, f);
    CO_BEGIN;
    talk_say(f->talk, "Hello");
    CO_AWAIT(talk_sleep(f->talk, 1));
    talk_say(f->talk, "World");
    CO_RETURN(outcome_text("done"));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct hello hello = {.talk = talk};
    struct outcome came =
        run_until_complete(talk->loop, frame_init(&hello.frame, hello_world));
    talk_say(talk, came.text);
    return 0;
}
