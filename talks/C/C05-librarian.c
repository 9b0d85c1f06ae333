/* SPDX-License-Identifier: MIT */
/* C5 (deferreds): A note at the library, with phone numbers on it
 *
 * A reader asks whether a mushroom can be eaten, and the librarian does not
 * know yet. On a note the reader leaves numbers: a friend who answers the first
 * call says what the second one is told, and the reader goes home.
 *
 * Python: a Deferred, and callbacks that are added to it. See --draw. */
#include "talks/deferred.h"

const char *const talk_sites[] = {NULL};

static struct outcome call_the_cook(void *talk, struct outcome answer)
{
    talk_say_outcome(talk, "the cook", &answer);
    return outcome_text("dinner is off");
}
RUNG_NAME(call_the_cook);

static struct outcome call_the_guest(void *talk, struct outcome answer)
{
    talk_say_outcome(talk, "the guest", &answer);
    return outcome_none();
}
RUNG_NAME(call_the_guest);

static struct outcome look_it_up(void *talk, struct outcome none)
{
    talk_say_outcome(talk, "the librarian", &none);
    return outcome_text("it is poisonous");
}

int talk_run(struct talk *talk)
{
    struct deferred *note =
        deferred_later(talk->loop, 3 * SECOND, look_it_up, talk);
    if (!note)
        return -ENOMEM;
    deferred_add_callback(note, call_the_cook, talk);
    deferred_add_callback(note, call_the_guest, talk);
    deferred_detach(note);
    talk_say(talk, "the reader goes home");
    return loop_run(talk->loop);
}
