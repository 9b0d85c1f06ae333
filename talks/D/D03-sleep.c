/* SPDX-License-Identifier: MIT */
/* D3 (deferreds): sleep, from a Deferred and a call at a later time
 *
 * The guide's sleep is three lines: a Deferred, a call that fires it after the
 * delay, and the Deferred is returned. What is to happen then is a callback.
 *
 * Python: reactor.callLater(delay, d.callback, None). deferreds/later.h has it
 * ready, with cancelling: deferred_sleep. See --draw, too. */
#include "deferreds/delayed_call.h"
#include "talks/deferred.h"

const char *const talk_sites[] = {NULL};

static void wake(void *deferred)
{
    deferred_callback(deferred, outcome_none());
}

static struct deferred *sleep_for(struct loop *loop, struct delayed_call *call,
                                  nanos delay)
{
    struct deferred *d = deferred_new(NULL);
    if (d)
        delayed_call_start(call, loop, delay, wake, d);
    return d;
}

static struct outcome on_wake(void *talk, struct outcome none)
{
    talk_say_outcome(talk, "on_wake", &none);
    return outcome_none();
}
RUNG_NAME(on_wake);

int talk_run(struct talk *talk)
{
    struct delayed_call call = {.state = DELAYED_CALL_IDLE};
    struct deferred *d = sleep_for(talk->loop, &call, SECOND);
    if (!d)
        return -ENOMEM;
    deferred_add_callback(d, on_wake, talk);
    talk_say(talk, "sleep_for has returned");
    deferred_detach(d);
    return loop_run(talk->loop);
}
