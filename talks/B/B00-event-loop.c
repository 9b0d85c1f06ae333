/* SPDX-License-Identifier: MIT */
/* B0 (callbacks): The event loop, from nothing
 *
 * The slide's loop selects, and puts what happened on the heap of scheduled
 * calls. Then it moves what is due to a queue, and runs the queue.
 *
 * Python: _run_once() of asyncio's loop, with heapq. The slide's select() waits
 * for an event only; this one also ends when the first call is due. */
#include "callbacks/timers.h"
#include "talks/talk.h"

const char *const talk_sites[] = {NULL};

enum { MOST = 8 };

static int run(struct talk *talk, struct timers *scheduled)
{
    struct selected events[MOST];
    struct handle *next, *ready[MOST];
    int count = 0;
    while (count >= 0 && (next = timers_first(scheduled))) {
        nanos timeout = nanos_until(next->when, talk->clock.now);
        count = selector_wait(talk->selector, timeout, events, MOST);
        for (int i = 0; i < count; i++)
            timers_set(scheduled, events[i].data, talk->clock.now);
        int due = 0;
        while (due < MOST && (next = timers_first(scheduled)) &&
               next->when <= talk->clock.now) {
            timers_remove(scheduled, next);
            ready[due++] = next;
        }
        for (int i = 0; i < due; i++)
            handle_run(ready[i]);
    }
    return count < 0 ? count : 0;
}

int talk_run(struct talk *talk)
{
    struct timers scheduled = {0};
    timers_set(&scheduled, talk_call(talk, "the later call"), talk_second(2));
    timers_set(&scheduled, talk_call(talk, "the sooner call"), talk_second(1));
    int error = talk_event(talk, "a descriptor is readable");
    return error ? error : run(talk, &scheduled);
}
