/* SPDX-License-Identifier: MIT */
#include "deferreds/system_event.h"

#include "base/contract.h"
#include "callbacks/failure.h"
#include "callbacks/unhandled.h"
#include "deferreds/made.h"
#include "deferreds/rung_name.h"

#include <errno.h>

void event_add_trigger(struct system_event *event, enum event_phase phase,
                       struct event_trigger *trigger)
{
    struct event_trigger **link = &event->triggers[phase];
    REQUIRE(phase >= EVENT_BEFORE && phase < EVENT_PHASES,
            "event_add_trigger: the phase is before, during or after");
    REQUIRE(!trigger->event, "event_add_trigger: it is not added");
    while (*link)
        link = &(*link)->next;
    *link = trigger;
    trigger->event = event;
    trigger->phase = phase;
    trigger->next = NULL;
}

int event_remove_trigger(struct event_trigger *trigger)
{
    if (!trigger->event)
        return -ENOENT;
    struct event_trigger **link = &trigger->event->triggers[trigger->phase];
    while (*link != trigger)
        link = &(*link)->next;
    *link = trigger->next;
    trigger->event = NULL;
    return 0;
}

/* ---- firing ---- */

static void report_failure(const struct outcome *outcome)
{
    unhandled_report("Unhandled error in a system event", outcome);
}

/* Removed before it runs, because a trigger may then give its storage back. */
static struct outcome run_first(struct system_event *event,
                                enum event_phase phase)
{
    struct event_trigger *trigger = event->triggers[phase];
    deferred_fn *fn = trigger->fn;
    void *context = trigger->context;
    (void)event_remove_trigger(trigger);
    return fn(context, outcome_none());
}

static void run_phase(struct system_event *event, enum event_phase phase)
{
    while (event->triggers[phase]) {
        struct outcome outcome = run_first(event, phase);
        report_failure(&outcome);
        outcome_drop(outcome);
    }
}

static void one_is_over(struct system_event *event)
{
    if (--event->awaited > 0)
        return;
    event->firing = false;
    run_phase(event, EVENT_DURING);
    run_phase(event, EVENT_AFTER);
    if (event->over)
        event->over(event);
}

static struct outcome on_awaited(void *event, struct outcome outcome)
{
    report_failure(&outcome);
    outcome_drop(outcome);
    one_is_over(event);
    return outcome_none();
}
RUNG_NAME(on_awaited);

static void wait_for(struct system_event *event, struct outcome outcome)
{
    struct deferred *deferred = deferred_maybe(outcome);
    struct outcome error = outcome_failure(&failure_no_memory);
    event->awaited++;
    if (deferred && !deferred_add_both(deferred, on_awaited, event)) {
        deferred_detach(deferred);
        return;
    }
    if (deferred)
        deferred_drop(deferred);
    report_failure(&error);
    event->awaited--;
}

/* Counts one more than it waits for, so that the phase does not end before this
 * function has called all triggers. */
void event_fire(struct system_event *event)
{
    if (event->firing)
        return;
    event->firing = true;
    event->awaited = 1;
    while (event->triggers[EVENT_BEFORE]) {
        struct outcome outcome = run_first(event, EVENT_BEFORE);
        if (outcome_is_pending(&outcome)) {
            wait_for(event, outcome);
            continue;
        }
        report_failure(&outcome);
        outcome_drop(outcome);
    }
    one_is_over(event);
}
