/* SPDX-License-Identifier: MIT */
/* D1 (deferreds): One function for a value, one for an error
 *
 * The guide adds a function for each. A value calls one, an error the other.
 *
 * Python: d.addCallbacks(on_success, on_error). See --draw, too. */
#include "talks/deferred.h"

const char *const talk_sites[] = {NULL};

static struct outcome divide(void *by, struct outcome none)
{
    (void)none;
    return *(int *)by ? outcome_number(42 / *(int *)by)
                      : outcome_fail(&misuse_type, 0, "division by zero");
}

static struct outcome on_success(void *talk, struct outcome result)
{
    talk_say_outcome(talk, "on_success", &result);
    return outcome_none();
}
RUNG_NAME(on_success);

static struct outcome on_error(void *talk, struct outcome failure)
{
    talk_say_outcome(talk, "on_error", &failure);
    outcome_drop(failure);
    return outcome_none();
}
RUNG_NAME(on_error);

int talk_run(struct talk *talk)
{
    int numbers[] = {6, 0};
    for (int i = 0; i < 2; i++) {
        struct deferred *d =
            deferred_later(talk->loop, (i + 1) * SECOND, divide, &numbers[i]);
        if (!d)
            return -ENOMEM;
        deferred_add_callbacks(d, on_success, on_error, talk);
        deferred_detach(d);
    }
    return loop_run(talk->loop);
}
