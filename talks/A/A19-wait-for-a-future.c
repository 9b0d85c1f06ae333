/* SPDX-License-Identifier: MIT */
/* A19 (coroutines): A coroutine waits for a Future
 *
 * It is suspended until other code sets the result: here a timer, a second
 * later. Then it goes on in the next turn of the loop, with the result.
 *
 * Python: result = yield from future. */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct waiting {
    struct frame frame;
    struct talk *talk;
    struct future *future;
    struct handle timer;
};

static void set_result(struct handle *handle)
{
    struct waiting *waiting = container_of(handle, struct waiting, timer);
    talk_say(waiting->talk, "the result is set");
    future_set_result(waiting->future, outcome_text("the result has come"));
}

static struct outcome wait(struct generator *self, struct outcome got)
{
    CO_FRAME(struct waiting, f);
    CO_BEGIN;
    talk_say(f->talk, "it is waited for");
    CO_AWAIT(future_await(f->future));
    talk_say(f->talk, got.text);
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct waiting waiting = {.talk = talk, .timer.run = set_result};
    waiting.future = future_new(talk->loop);
    loop_call_at(talk->loop, &waiting.timer, talk_second(1));
    int error = talk_complete(talk, frame_init(&waiting.frame, wait));
    future_unref(waiting.future);
    return error;
}
