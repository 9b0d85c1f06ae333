/* SPDX-License-Identifier: MIT */
/* An event in three phases, as the beginning and the end of a reactor are:
 * Twisted's addSystemEventTrigger (TR4).
 *
 * Triggers of `before` may return Deferreds, or other awaitables: the next
 * phase waits for all of them, whatever comes of them. Within a phase they run
 * in the order in which they were added. A trigger runs once, and is removed
 * with that.
 */
#ifndef DEFERREDS_SYSTEM_EVENT_H
#define DEFERREDS_SYSTEM_EVENT_H

#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

enum event_phase { EVENT_BEFORE, EVENT_DURING, EVENT_AFTER, EVENT_PHASES };

/* The storage is the caller's until it has run or is removed. */
struct event_trigger {
    /* yours: fn(context, None). A failure that it returns is reported. What a
     * trigger of a later phase returns is not waited for. */
    deferred_fn *fn;
    void *context;

    /* private */
    struct system_event *event; /* NULL: not added */
    enum event_phase phase;
    struct event_trigger *next;
};

/* All zero is an event without triggers. */
struct system_event {
    struct event_trigger *triggers[EVENT_PHASES];
    bool firing;    /* the triggers of `before` have begun to run, ... */
    size_t awaited; /* ... N of them, and one more, are not over */
    void (*over)(struct system_event *event); /* all have run; may be NULL */
};

/* Contract: it is not added. */
void event_add_trigger(struct system_event *event, enum event_phase phase,
                       struct event_trigger *trigger);

/* 0; -ENOENT when it was not added, or has run: then there is nothing to be
 * removed (while the event is fired Twisted warns and goes on). */
int event_remove_trigger(struct event_trigger *trigger);

/* Fires it: runs `before`, waits, then `during` and `after`. Harmless while it
 * is being fired. */
void event_fire(struct system_event *event);

#ifdef __cplusplus
}
#endif

#endif
