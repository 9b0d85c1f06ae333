/* SPDX-License-Identifier: MIT */
/* B2 (deferreds): A Deferred is a loop over pairs of functions
 *
 * The slide's loop gives a value to the callback of a pair and a failure to its
 * errback, and passes on what that returns. The real one does so, and more.
 *
 * Python: callback() of a Deferred, and addCallbacks(). See --draw, too. */
#include "talks/deferred.h"

const char *const talk_sites[] = {NULL};

static struct outcome parse(void *talk, struct outcome result)
{
    talk_say_outcome(talk, "parse", &result);
    return outcome_fail(&misuse_type, 0, "%s is not a number", result.text);
}
RUNG_NAME(parse);

static struct outcome use_zero(void *talk, struct outcome failure)
{
    talk_say_outcome(talk, "use_zero", &failure);
    outcome_drop(failure);
    return outcome_number(0);
}
RUNG_NAME(use_zero);

static const struct rung rungs[] = {{parse, NULL, NULL},
                                    {talk_print, use_zero, NULL},
                                    {talk_print, NULL, NULL}};

int talk_run(struct talk *talk)
{
    struct outcome result = outcome_text("seven");
    for (int i = 0; i < 3; i++) {
        deferred_fn *fn =
            outcome_is_failure(&result) ? rungs[i].errback : rungs[i].callback;
        result = fn ? fn(talk, result) : result;
    }
    struct deferred *d = deferred_new(NULL);
    for (int i = 0; i < 3; i++)
        deferred_add_callbacks(d, rungs[i].callback, rungs[i].errback, talk);
    deferred_callback(d, outcome_text("seven"));
    deferred_detach(d);
    return 0;
}
