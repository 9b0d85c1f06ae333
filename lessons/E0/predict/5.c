/* SPDX-License-Identifier: MIT */
/* A tick a second, 0.1 s of work in every tick; the next one counted from the
 * end of that work, or from the moment at which this one was due. The clock is
 * a virtual one: it jumps to the next tick instead of waiting for it. */
#include "callbacks/loop.h"
#include "support/scripted_selector.h"

#include <stdio.h>

struct ticker {
    struct handle handle;
    struct loop *loop;
    struct virtual_clock *clock;
    nanos start, due;
    bool from_now;
    int left;
};

static void tick(struct handle *handle)
{
    struct ticker *self = container_of(handle, struct ticker, handle);
    nanos at = self->clock->now - self->start;
    printf("  %.1f s", (double)at / (double)NANOS_PER_SECOND);
    self->clock->now += NANOS_PER_SECOND / 10; /* the work */
    self->due =
        (self->from_now ? self->clock->now : self->due) + NANOS_PER_SECOND;
    if (--self->left > 0)
        loop_call_at(self->loop, handle, self->due);
}

static int show(const char *how, bool from_now)
{
    struct virtual_clock clock;
    struct script script;
    struct ticker ticker = {.handle.run = tick, .clock = &clock, .left = 3};
    virtual_clock_init(&clock);
    script_init(&script, &clock);
    int error = loop_new(&ticker.loop, &scripted_selector, &clock.clock);
    if (error)
        return error;
    ticker.start = clock.now;
    ticker.due = clock.now + NANOS_PER_SECOND;
    ticker.from_now = from_now;
    printf("%-32s", how);
    loop_call_at(ticker.loop, &ticker.handle, ticker.due);
    error = loop_run(ticker.loop);
    puts("");
    loop_free(ticker.loop);
    return error;
}

int main(void)
{
    return show("counted from the end of its work:", true) ||
                   show("counted from when it was due:", false)
               ? 1
               : 0;
}
