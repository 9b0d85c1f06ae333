/* SPDX-License-Identifier: MIT */
#include "talks/square.h"

void talk_print_deferred(struct talk *talk, struct deferred *deferred)
{
    deferred_add_callback(deferred, talk_print, talk);
    deferred_detach(deferred);
}

static void done(void *talk, struct future *future)
{
    const struct outcome *result;
    if (!future_result(future, &result))
        talk_say_outcome(talk, "print", result);
}

void talk_print_future(struct talk *talk, struct future *future)
{
    talk_add_done_callback(future, done, talk);
    future_unref(future);
}
