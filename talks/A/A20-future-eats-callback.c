/* SPDX-License-Identifier: MIT */
/* A20 (coroutines): A Future eats a callback
 *
 * A function that calls back is wrapped once, and then reads like a call. The
 * slide tests for an error the wrong way round; here value and error arrive.
 *
 * Python: f.set_result in a callback, and yield from f. */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

static void cb(void *future, int result, const char *error)
{
    future_finish(future, error ? outcome_fail(&misuse_type, 0, "%s", error)
                                : outcome_number(result));
    future_unref(future);
}

static struct outcome sync_looking_function(struct talk *talk, int by)
{
    struct future *future = future_new(talk->loop);
    true_async_function(talk, by, cb, future);
    return future_await(future);
}
struct reader {
    struct frame frame;
    struct talk *talk;
};

static struct outcome reader(struct generator *self, struct outcome got)
{
    CO_FRAME(struct reader, f);
    CO_BEGIN;
    CO_TRY_AWAIT(sync_looking_function(f->talk, 6));
    talk_print_outcome(got);
    CO_TRY_AWAIT(sync_looking_function(f->talk, 0));
    talk_print_outcome(got);
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct reader mine = {.talk = talk};
    return talk_complete(talk, frame_init(&mine.frame, reader));
}
