/* SPDX-License-Identifier: MIT */
/* E12 (coroutines): Demo: what is finished first comes first
 *
 * A coroutine begins both, and takes out what they return. It comes in the
 * order of finishing, and not in that of beginning.
 *
 * Python: for f in tulip.as_completed([foo(), bar()]): yield from f. */
#include "coroutines/as_completed.h"
#include "talks/widgets.h"

const char *const talk_sites[] = {NULL};

struct both {
    struct frame frame;
    struct talk *talk;
    struct widgets foo, bar;
    struct task tasks[2];
    struct completed_futures *each;
    int i;
};

static struct outcome loop_through(struct generator *self, struct outcome got)
{
    CO_FRAME(struct both, f);
    struct loop *const loop = f->talk->loop;
    struct future *futures[2] = {&f->tasks[0].future, &f->tasks[1].future};
    CO_BEGIN;
    task_init(&f->tasks[0], loop, widgets_make(&f->foo, f->talk, "foo", 0));
    task_init(&f->tasks[1], loop, widgets_make(&f->bar, f->talk, "bar", 1));
    f->each = futures_as_completed(loop, futures, 2, NEVER);
    for (; f->each && f->i < 2; f->i++) {
        CO_AWAIT(completed_next(f->each));
        talk_print_outcome(got);
    }
    CO_FINALLY;
    completed_free(f->each);
    CO_END_FINALLY;
}

int talk_run(struct talk *talk)
{
    struct both both = {.talk = talk};
    return talk_complete(talk, frame_init(&both.frame, loop_through));
}
