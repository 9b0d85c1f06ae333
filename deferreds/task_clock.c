/* SPDX-License-Identifier: MIT */
#include "deferreds/task_clock.h"

static nanos read_clock(const struct clock *clock)
{
    return container_of(clock, struct task_clock, clock)->now;
}

int task_clock_init(struct task_clock *clock)
{
    *clock = (struct task_clock){.clock.now = read_clock};
    return loop_new(&clock->loop, &poll_selector, &clock->clock);
}

void task_clock_deinit(struct task_clock *clock)
{
    loop_free(clock->loop);
    clock->loop = NULL;
}

/* ---- what waits ---- */

struct waiting {
    nanos now;
    size_t due, timed;
};

static void count(void *context, const struct handle *handle)
{
    struct waiting *waiting = context;
    if (handle->state == HANDLE_TIMED)
        waiting->timed++;
    if (handle->state == HANDLE_READY || handle->when <= waiting->now)
        waiting->due++;
}

static struct waiting count_waiting(const struct task_clock *clock)
{
    struct waiting waiting = {.now = clock->now};
    loop_each(clock->loop, count, &waiting);
    return waiting;
}

size_t task_clock_delayed_calls(const struct task_clock *clock)
{
    return count_waiting(clock).timed;
}

/* ---- time ---- */

/* A loop that is stopped before it runs makes one turn, without a sleep (LO4).
 * Calls that are set for now inside a turn run in the next one. */
int task_clock_advance(struct task_clock *clock, nanos time)
{
    int error = 0;
    clock->now = nanos_after(clock->now, time);
    while (!error && count_waiting(clock).due > 0) {
        loop_stop(clock->loop);
        error = loop_run(clock->loop);
    }
    return error;
}

int task_clock_pump(struct task_clock *clock, const nanos *times, size_t count)
{
    int error = 0;
    for (size_t i = 0; !error && i < count; i++)
        error = task_clock_advance(clock, times[i]);
    return error;
}
