/* SPDX-License-Identifier: MIT */
/* D2 (coroutines): slow_square, four times
 *
 * A Deferred or a Future is returned at once, and the loop has it fired a
 * second later. The same as a generator reads from top to bottom, whether
 * inlineCallbacks moves it on or a Task.
 *
 * Python: Deferred, @inlineCallbacks, Future, async def. See --draw, too. */
#include "talks/square.h"

const char *const talk_sites[] = {NULL};

static void call_back(void *deferred)
{
    deferred_callback(deferred, outcome_number(3 * 3));
}
static void set_result(void *future)
{
    future_set_result(future, outcome_number(3 * 3));
}

static struct outcome slow_square(struct generator *self, struct outcome got)
{
    CO_FRAME(struct square, f);
    CO_BEGIN;
    CO_AWAIT(talk_sleep(f->talk, 1));
    CO_RETURN(outcome_number(f->x * f->x));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct square mine[] = {{.talk = talk, .x = 3}, {.talk = talk, .x = 3}};
    struct generator *one = frame_init(&mine[0].frame, slow_square),
                     *two = frame_init(&mine[1].frame, slow_square);
    struct deferred *d = deferred_new(NULL);
    struct future *f = future_new(talk->loop);
    talk_call_later(talk, 1, call_back, d);
    talk_print_deferred(talk, d);
    talk_print_deferred(talk, inline_callbacks_new(one));
    talk_call_later(talk, 1, set_result, f);
    talk_print_future(talk, f);
    talk_print_future(talk, task_future(task_new(talk->loop, two)));
    return loop_run(talk->loop);
}
