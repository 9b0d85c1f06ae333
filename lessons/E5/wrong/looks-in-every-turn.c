/* SPDX-License-Identifier: MIT */
/* A coroutine waits by looking in every turn of the loop whether it is there
 * yet. It works, and nothing else is held up; but the loop never sleeps. Its
 * steps are counted, and so is the CPU time. */
#include "coroutines/frame.h"
#include "coroutines/future_of.h"
#include "coroutines/sleep.h"
#include "coroutines/task.h"

#include <stdio.h>
#include <time.h>

static const nanos nap = 100 * NANOS_PER_MILLISECOND;

struct waiting {
    struct frame frame;
    struct loop *loop;
    struct future *future;
    long steps;
};

/* Wrong: a bare yield lets others have a turn, and comes back in the next. */
static struct outcome looks(struct generator *self, struct outcome got)
{
    CO_FRAME(struct waiting, f);
    CO_BEGIN;
    for (f->steps = 1; !future_done(f->future); f->steps++)
        CO_YIELD(outcome_none());
    CO_END;
}

/* Right: it is told. */
static struct outcome waits(struct generator *self, struct outcome got)
{
    CO_FRAME(struct waiting, f);
    CO_BEGIN;
    f->steps = 1;
    CO_AWAIT(future_await(f->future));
    f->steps++;
    CO_END;
}

static double cpu_milliseconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

static int show(const char *how, generator_resume *function)
{
    struct waiting mine = {.steps = 0};
    int error = loop_new(&mine.loop, &epoll_selector, &monotonic_clock);
    if (error)
        return error;
    mine.future = future_of(mine.loop, sleep_for(mine.loop, nap));
    double before = cpu_milliseconds();
    if (mine.future)
        outcome_drop(
            run_until_complete(mine.loop, frame_init(&mine.frame, function)));
    printf("  %-23s %8ld steps, %5.1f ms of CPU\n", how, mine.steps,
           cpu_milliseconds() - before);
    if (mine.future)
        future_unref(mine.future);
    loop_free(mine.loop);
    return 0;
}

int main(void)
{
    puts("A Task waits for something that takes 100 ms:\n");
    if (show("looks in every turn:", looks) || show("is told:", waits))
        return 1;
    puts(
        "\nA Task says what it waits for, and is called. A loop in which code\n"
        "looks again and again has always something to do, and never sleeps:\n"
        "a core for nothing, for as long as the wait takes.");
    return 0;
}
