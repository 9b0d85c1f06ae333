/* SPDX-License-Identifier: MIT */
/* B4 (coroutines): A coroutine waits for another one, and for a Future
 *
 * What bar returns, which is a coroutine, foo gets at once. From baz it gets a
 * Future, and a second later other code sets that to 5.
 *
 * Python: @gen.coroutine, raise gen.Return(3), f.set_result(5). */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};
struct foo {
    struct frame frame, callee;
    struct talk *talk;
};

static struct outcome bar(struct generator *self, struct outcome none)
{
    (void)none;
    return generator_return(self, outcome_number(3));
}
static void on_complete(void *future)
{
    future_set_result(future, outcome_number(5));
}
static struct outcome baz(struct talk *talk)
{
    struct future *future = future_new(talk->loop);
    talk_call_later(talk, 1, on_complete, future);
    return talk_future(future);
}
static struct outcome foo(struct generator *self, struct outcome got)
{
    CO_FRAME(struct foo, f);
    CO_BEGIN;
    CO_AWAIT(talk_task(f->talk->loop, frame_init(&f->callee, bar)));
    talk_say_value(f->talk, "a", &got);
    CO_AWAIT(baz(f->talk));
    talk_say_value(f->talk, "b", &got);
    CO_END;
}
int talk_run(struct talk *talk)
{
    struct foo mine = {.talk = talk};
    return talk_complete(talk, frame_init(&mine.frame, foo));
}
