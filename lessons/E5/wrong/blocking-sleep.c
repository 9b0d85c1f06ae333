/* SPDX-License-Identifier: MIT */
/* A coroutine calls the kernel's sleep, and all Tasks sleep with it. A heart
 * beside it counts the beats that it has missed. */
#include "lessons/E5/virtual_loop.h"

#include "coroutines/frame.h"
#include "coroutines/sleep.h"

enum { BEATS = 10 };
static const nanos beat_every = NANOS_PER_SECOND / BEATS;

/* The kernel's sleep: the time passes, which is virtual, and nothing else
 * happens. */
static struct virtual_clock *kernel_clock;

static void kernel_sleep(unsigned seconds)
{
    kernel_clock->now += seconds * NANOS_PER_SECOND;
}

struct heart {
    struct frame frame;
    struct task task;
    struct loop *loop;
    nanos due; /* the next beat */
    long missed;
};

/* Every beat that is over by the time it is its turn was missed. */
static struct outcome beat(struct generator *self, struct outcome got)
{
    CO_FRAME(struct heart, f);
    CO_BEGIN;
    for (f->due = loop_time(f->loop);; f->due += beat_every) {
        for (; loop_time(f->loop) >= f->due + beat_every; f->due += beat_every)
            f->missed++;
        CO_AWAIT(sleep_for(f->loop, f->due + beat_every - loop_time(f->loop)));
    }
    CO_END;
}

struct program {
    struct frame frame;
    struct heart heart;
    bool blocks;
};

static struct outcome wait_a_second(struct generator *self, struct outcome got)
{
    CO_FRAME(struct program, f);
    struct heart *const heart = &f->heart;
    CO_BEGIN;
    task_init(&heart->task, heart->loop, frame_init(&heart->frame, beat));
    CO_AWAIT(sleep_for(heart->loop, 0)); /* the heart begins */
    if (f->blocks)
        kernel_sleep(1);
    else
        CO_AWAIT(sleep_for(heart->loop, NANOS_PER_SECOND));
    CO_AWAIT(sleep_for(heart->loop, beat_every));
    task_close(&heart->task);
    task_unref(&heart->task);
    CO_END;
}

static long missed_beats(bool blocks)
{
    struct virtual_loop time;
    struct program program = {.blocks = blocks};
    virtual_loop_init(&time);
    kernel_clock = &time.clock;
    program.heart.loop = time.loop;
    virtual_loop_complete(&time, frame_init(&program.frame, wait_a_second));
    return program.heart.missed;
}

static long make(void)
{
    return missed_beats(true);
}

static long mend(void)
{
    return missed_beats(false);
}

int main(void)
{
    static const struct wrong blocking_sleep = {
        .mistake = "a coroutine calls the sleep() of the system",
        .damage = "heartbeats missed, of ten in the second that it took",
        .make = make,
        .mend = mend,
        .why = "coroutines take turns in one thread, and they change over "
               "where they yield, nowhere else. sleep() does not yield: it "
               "stops the thread, and with it every Task and the loop.",
        .instead = "wait for what the loop ends (sleep_for, a descriptor, "
                   "another Task), and hand what blocks to a thread "
                   "(callbacks/offload.h). A debug build reports a call that "
                   "holds the loop up.",
    };
    return wrong_show(&blocking_sleep);
}
