/* SPDX-License-Identifier: MIT */
/* D2 (deferreds): A slow function that returns a Deferred
 *
 * slow_square makes a Deferred, has the loop fire it a second later, and
 * returns it at once. A callback prints the square.
 *
 * Python: Deferred(), reactor.callLater and d.callback. */
#include "deferreds/delayed_call.h"
#include "talks/deferred.h"

const char *const talk_sites[] = {NULL};

struct square {
    struct deferred deferred;
    struct delayed_call call;
    int x;
};

static void resolve(void *context)
{
    struct square *square = context;
    deferred_callback(&square->deferred, outcome_number(square->x * square->x));
}

static struct deferred *slow_square(struct loop *loop, struct square *square)
{
    deferred_init(&square->deferred, NULL);
    delayed_call_start(&square->call, loop, SECOND, resolve, square);
    return &square->deferred;
}

int talk_run(struct talk *talk)
{
    struct square square = {.x = 3};
    deferred_add_callback(slow_square(talk->loop, &square), talk_print, talk);
    int error = loop_run(talk->loop);
    deferred_detach(&square.deferred);
    return error;
}
