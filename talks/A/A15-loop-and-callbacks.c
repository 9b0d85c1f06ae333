/* SPDX-License-Identifier: MIT */
/* A15 (callbacks): A loop calls soon, at a time, again and again, until stopped
 *
 * The slide has the loop call a function, which then stops the loop. Calls can
 * be put off until a moment, too, and one that schedules itself is periodic.
 *
 * Python: asyncio's call_soon(), call_at(), stop() and run_forever(). */
#include "talks/talk.h"

const char *const talk_sites[] = {NULL};

struct calls {
    struct talk *talk;
    struct handle hello, ticker, end;
};

static void hello_world(struct handle *handle)
{
    talk_say(container_of(handle, struct calls, hello)->talk, "Hello World");
}

static void tick(struct handle *handle)
{
    struct talk *talk = container_of(handle, struct calls, ticker)->talk;
    talk_say(talk, "tick");
    loop_call_at(talk->loop, handle, loop_time(talk->loop) + NANOS_PER_SECOND);
}

static void stop(struct handle *handle)
{
    struct talk *talk = container_of(handle, struct calls, end)->talk;
    talk_say(talk, "stop");
    loop_stop(talk->loop);
}

int talk_run(struct talk *talk)
{
    struct calls calls = {
        talk, {.run = hello_world}, {.run = tick}, {.run = stop}};
    loop_call_soon(talk->loop, &calls.hello);
    loop_call_at(talk->loop, &calls.ticker, talk_second(1));
    loop_call_at(talk->loop, &calls.end, talk_second(3) + NANOS_PER_SECOND / 2);
    return loop_run(talk->loop);
}
