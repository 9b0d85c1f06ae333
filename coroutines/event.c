/* SPDX-License-Identifier: MIT */
#include "coroutines/event.h"

void event_init(struct event *event, struct loop *loop)
{
    static const struct wait_queue_ops ops = {.name = "Event"};
    event->is_set = false;
    wait_queue_init(&event->waiting, loop, &ops);
}

struct outcome event_wait(struct event *event)
{
    if (event->is_set)
        return outcome_none();
    return wait_queue_join(&event->waiting, outcome_none());
}

void event_set(struct event *event)
{
    event->is_set = true;
    while (wait_queue_admit(&event->waiting))
        ;
}
