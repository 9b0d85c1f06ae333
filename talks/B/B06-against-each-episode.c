/* SPDX-License-Identifier: MIT */
/* B6 (deferreds): What the slides hold against episodes 1 and 2, happening
 *
 * An error that a callback does not hand on is lost, and the result of a
 * Deferred is there for one function only. That generators are slow, and what
 * speaks for each episode, is measured: ./lab claims B6 K8.
 *
 * Python: the pros and cons of callbacks, Deferreds, generators. See --draw. */
#include "talks/deferred.h"

#include <errno.h>

const char *const talk_sites[] = {NULL};

static void on_logged_in(struct talk *talk, int error)
{
    if (!error)
        talk_say(talk, "logged in"); /* else nothing, and it is never told */
}

static void on_connected(struct talk *talk, int error)
{
    if (!error)
        talk_say(talk, "connected, and the login will fail");
    on_logged_in(talk, -EACCES);
}

static struct outcome read_it(void *talk, struct outcome result)
{
    talk_say_outcome(talk, "read_it", &result);
    return outcome_none();
}
RUNG_NAME(read_it);

int talk_run(struct talk *talk)
{
    struct deferred *d = deferred_new(NULL);
    on_connected(talk, 0);
    deferred_add_callback(d, read_it, talk);
    deferred_add_callback(d, read_it, talk);
    deferred_callback(d, outcome_number(7));
    deferred_detach(d);
    return 0;
}
