/* SPDX-License-Identifier: MIT */
/* D5 (coroutines): A Deferred is a chain, a Future is not
 *
 * What a callback of a Deferred returns is what the next one is given. Each
 * done-callback of a Future is given the Future, whose result stays.
 *
 * Python: d.addCallback twice, f.add_done_callback twice. See --draw. */
#include "talks/coroutine.h"
#include "talks/deferred.h"

const char *const talk_sites[] = {NULL};

static struct outcome twice(void *talk, struct outcome result)
{
    talk_say_outcome(talk, "a callback", &result);
    return outcome_number(result.number * 2);
}
RUNG_NAME(twice);

static void done(void *talk, struct future *future)
{
    const struct outcome *result;
    if (!future_result(future, &result))
        talk_say_outcome(talk, "a done-callback", result);
}

int talk_run(struct talk *talk)
{
    struct deferred *d = deferred_new(NULL);
    struct future *f = future_new(talk->loop);
    deferred_add_callback(d, twice, talk);
    deferred_add_callback(d, twice, talk);
    deferred_callback(d, outcome_number(7));
    deferred_detach(d);
    talk_add_done_callback(f, done, talk);
    talk_add_done_callback(f, done, talk);
    future_set_result(f, outcome_number(7));
    int error = loop_run(talk->loop);
    future_unref(f);
    return error;
}
