/* SPDX-License-Identifier: MIT */
/* asyncio's Event (SY2): a flag, and all Tasks that wait for it to be set. */
#ifndef COROUTINES_EVENT_H
#define COROUTINES_EVENT_H

#include "coroutines/wait_queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Storage that is the caller's. Read at will. */
struct event {
    bool is_set;
    struct wait_queue waiting;
};

/* The event is not set at first. */
void event_init(struct event *event, struct loop *loop);

/* None: at once when it is set, else pending until it is. */
OUTCOME_OWNED struct outcome event_wait(struct event *event);

/* All that wait now go on in the next turn, even if it is cleared before
 * then. */
void event_set(struct event *event);

/* Code that waits from now on waits for the next event_set. */
static inline void event_clear(struct event *event)
{
    event->is_set = false;
}

#ifdef __cplusplus
}
#endif

#endif
