/* SPDX-License-Identifier: MIT */
/* A7 (deferreds): An operation that is under way is an object
 *
 * The slide adds a callback and an errback to what an operation has returned. A
 * callback that returns a Deferred, too, says: not yet, but when that one
 * fires.
 *
 * Python: addCallback() and addErrback(). See --draw, too. */
#include "talks/deferred.h"

const char *const talk_sites[] = {NULL};

static struct outcome answer(void *number, struct outcome none)
{
    (void)none;
    return number ? outcome_number(*(int *)number)
                  : outcome_fail(&system_type, -EIO, "it went wrong");
}

static struct outcome ask_again(void *context, struct outcome first)
{
    static int second = 42;
    struct loop *loop = ((struct talk *)context)->loop;
    talk_say_outcome(context, "ask_again", &first);
    return talk_outcome(deferred_later(loop, 2 * SECOND, answer, &second));
}
RUNG_NAME(ask_again);

static int run(struct talk *talk, int *number)
{
    struct deferred *d = deferred_later(talk->loop, SECOND, answer, number);
    if (!d)
        return -ENOMEM;
    deferred_add_callback(d, ask_again, talk);
    deferred_add_callback(d, talk_print, talk);
    deferred_add_errback(d, talk_print_error, talk);
    deferred_detach(d);
    return loop_run(talk->loop);
}

int talk_run(struct talk *talk)
{
    int first = 7, error = run(talk, &first);
    return error ? error : run(talk, NULL);
}
