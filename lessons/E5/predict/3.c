/* SPDX-License-Identifier: MIT */
/* Sleeps one after the other, at the same time, and in coroutines that are
 * called. The clock of this program jumps instead of waiting. */
#include "coroutines/frame.h"
#include "coroutines/gather.h"
#include "coroutines/sleep.h"
#include "coroutines/task.h"
#include "support/scripted_selector.h"

#include <stdio.h>

struct naps {
    struct frame frame, callee;
    struct loop *loop;
    double seconds[3];
    int count, i;
};

static struct outcome nap(struct naps *naps, double seconds)
{
    return sleep_for(naps->loop, (nanos)(seconds * (double)NANOS_PER_SECOND));
}

static struct outcome in_a_row(struct generator *self, struct outcome got)
{
    CO_FRAME(struct naps, f);
    CO_BEGIN;
    for (f->i = 0; f->i < f->count; f->i++)
        CO_AWAIT(nap(f, f->seconds[f->i]));
    CO_END;
}

static struct outcome callee(struct generator *self, struct outcome got)
{
    struct naps *f = container_of(self, struct naps, callee.generator);
    struct frame *const co_frame = &f->callee;
    CO_BEGIN;
    CO_AWAIT(nap(f, f->seconds[f->i]));
    CO_END;
}

static struct outcome by_calls(struct generator *self, struct outcome got)
{
    CO_FRAME(struct naps, f);
    CO_BEGIN;
    for (f->i = 0; f->i < f->count; f->i++)
        CO_YIELD_FROM(frame_init(&f->callee, callee));
    CO_END;
}

static struct virtual_clock clock_of_this;

static void run(const char *what, struct loop *loop)
{
    nanos begin = clock_of_this.now;
    loop_run(loop);
    printf("%-32s %g s\n", what,
           (double)(clock_of_this.now - begin) / NANOS_PER_SECOND);
}

int main(void)
{
    struct script script;
    struct loop *loop;
    struct task row, calls, each[3];
    struct future *futures[3];
    struct naps at_once[3];
    virtual_clock_init(&clock_of_this);
    script_init(&script, &clock_of_this);
    if (loop_new(&loop, &scripted_selector, &clock_of_this.clock))
        return 1;

    struct naps one = {.loop = loop, .seconds = {4, 3, 1}, .count = 3};
    task_init(&row, loop, frame_init(&one.frame, in_a_row));
    run("4, 3 and 1 in one Task:", loop);

    for (int i = 0; i < 3; i++) {
        at_once[i] =
            (struct naps){.loop = loop, .seconds = {4 - i}, .count = 1};
        task_init(&each[i], loop, frame_init(&at_once[i].frame, in_a_row));
        futures[i] = task_future(&each[i]);
    }
    struct future *all = future_gather(loop, futures, 3, false);
    run("4, 3 and 2, gathered:", loop);

    struct naps two = {.loop = loop, .seconds = {0.5, 0.5, 0.5}, .count = 3};
    task_init(&calls, loop, frame_init(&two.frame, by_calls));
    run("three times 0.5, by yield from:", loop);

    task_unref(&row);
    task_unref(&calls);
    if (all)
        future_unref(all);
    loop_free(loop);
    return 0;
}
