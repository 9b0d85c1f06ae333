/* SPDX-License-Identifier: MIT */
/* E11 (coroutines): Demo: foo and bar at once, and wait for both
 *
 * A coroutine begins both, and waits. That takes as long as the longer one.
 *
 * Python: yield from tulip.wait([foo(), bar()]), asyncio.gather today. */
#include "coroutines/gather.h"
#include "talks/widgets.h"

const char *const talk_sites[] = {NULL};

struct both {
    struct frame frame;
    struct talk *talk;
    struct widgets foo, bar;
    struct task tasks[2];
};

static struct outcome wait_for_both(struct generator *self, struct outcome got)
{
    CO_FRAME(struct both, f);
    struct loop *const loop = f->talk->loop;
    struct future *futures[2] = {&f->tasks[0].future, &f->tasks[1].future};
    struct future *all;
    CO_BEGIN;
    task_init(&f->tasks[0], loop, widgets_make(&f->foo, f->talk, "foo", 0));
    task_init(&f->tasks[1], loop, widgets_make(&f->bar, f->talk, "bar", 1));
    all = future_gather(loop, futures, 2, false);
    CO_AWAIT(all ? outcome_pending(&all->awaitable) : outcome_errno(-ENOMEM));
    outcome_drop(got);
    talk_say(f->talk, "both are finished");
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct both both = {.talk = talk};
    return talk_complete(talk, frame_init(&both.frame, wait_for_both));
}
