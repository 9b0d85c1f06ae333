/* SPDX-License-Identifier: MIT */
/* A callback sleeps, and all others sleep with it: there is one thread, and the
 * loop cannot turn while it is inside a call. A ticker beside it counts the
 * ticks that it could not make. */
#include "callbacks/loop.h"

#include <stdio.h>
#include <time.h>

enum { TICKS = 40 };
static const nanos period = 10 * NANOS_PER_MILLISECOND;
static const nanos nap = 200 * NANOS_PER_MILLISECOND;

struct ticker {
    struct handle handle;
    struct loop *loop;
    nanos due, last;
    int made, missed;
};

/* Counts the moments that have passed since the last one as missed. */
static void tick(struct handle *handle)
{
    struct ticker *self = container_of(handle, struct ticker, handle);
    self->made++;
    self->due += period;
    for (; self->due <= loop_time(self->loop); self->due += period)
        self->missed++;
    if (self->due <= self->last)
        loop_call_at(self->loop, handle, self->due);
}

struct pause {
    struct handle handle;
    struct loop *loop;
};

static void done(struct handle *handle)
{
    (void)handle;
}

/* Wrong: 200 ms inside the call. */
static void sleep_inside(struct handle *handle)
{
    struct timespec time = {0, (long)nap};
    (void)handle;
    nanosleep(&time, NULL);
}

/* Right: back to the loop at once, and called again in 200 ms. */
static void wait_outside(struct handle *handle)
{
    struct pause *self = container_of(handle, struct pause, handle);
    handle->run = done;
    loop_call_at(self->loop, handle, loop_time(self->loop) + nap);
}

static int show(const char *how, void (*run)(struct handle *))
{
    struct ticker ticker = {.handle.run = tick};
    int error = loop_new(&ticker.loop, &epoll_selector, &monotonic_clock);
    if (error)
        return error;
    struct pause pause = {{.run = run}, ticker.loop};
    nanos start = loop_time(ticker.loop);
    ticker.due = start + period;
    ticker.last = start + TICKS * period;
    loop_call_at(ticker.loop, &ticker.handle, ticker.due);
    loop_call_at(ticker.loop, &pause.handle, start + 5 * period);
    error = loop_run(ticker.loop);
    printf("  %-37s%2d ticks made, %2d missed\n", how, ticker.made,
           ticker.missed);
    loop_free(ticker.loop);
    return error;
}

int main(void)
{
    puts("A tick every 10 ms, 40 of them. Beside it, once, a pause of 200 ms:");
    puts("");
    if (show("the callback sleeps:", sleep_inside) ||
        show("it asks the loop to be called later:", wait_outside))
        return 1;
    puts("\nOne thread runs all callbacks. One that waits holds up\n"
         "every timer and every socket. A callback never waits: it says what\n"
         "it waits for, and returns.\n"
         "\n(A busy machine costs a tick now and then as well.)");
    return 0;
}
