/* SPDX-License-Identifier: MIT */
/* E9 (coroutines): Demo: foo, then bar
 *
 * A coroutine runs another one, and waits until that has made its ten widgets.
 * Then it runs the next.
 *
 * Python: yield from foo(), then yield from bar(). */
#include "talks/widgets.h"

const char *const talk_sites[] = {NULL};

struct both {
    struct frame frame;
    struct talk *talk;
    struct widgets foo, bar;
};

static struct outcome serial(struct generator *self, struct outcome got)
{
    CO_FRAME(struct both, f);
    CO_BEGIN;
    CO_YIELD_FROM(widgets_make(&f->foo, f->talk, "foo", 0));
    CO_YIELD_FROM(widgets_make(&f->bar, f->talk, "bar", 1));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct both both = {.talk = talk};
    return talk_complete(talk, frame_init(&both.frame, serial));
}
