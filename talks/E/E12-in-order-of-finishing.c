/* SPDX-License-Identifier: MIT */
/* E12 (coroutines): Demo: what is finished first comes first
 *
 * Each producer puts its name into a queue when it is done. The coroutine takes
 * the names out as they come, whichever was begun first.
 *
 * Python: for f in tulip.as_completed([foo(), bar()]): yield from f. */
#include "talks/widgets.h"

const char *const talk_sites[] = {NULL};

struct results {
    struct frame frame;
    struct queue finished;
    int i;
};

static struct outcome loop_through(struct generator *self, struct outcome got)
{
    CO_FRAME(struct results, f);
    CO_BEGIN;
    for (; f->i < 2; f->i++) {
        CO_AWAIT(queue_get(&f->finished));
        talk_print_outcome(got);
    }
    CO_FINALLY;
    queue_deinit(&f->finished);
    CO_END_FINALLY;
}

int talk_run(struct talk *talk)
{
    struct results results = {.i = 0};
    struct widgets foo, bar;
    queue_init(&results.finished, talk->loop, 0);
    task_spawn(talk->loop, widgets_make(&foo, talk, "foo", 0));
    task_spawn(talk->loop, widgets_make(&bar, talk, "bar", 1));
    foo.finished = bar.finished = &results.finished;
    return talk_complete(talk, frame_init(&results.frame, loop_through));
}
