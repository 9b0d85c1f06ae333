/* SPDX-License-Identifier: MIT */
/* E7 (coroutines): What a Future can do
 *
 * One is given a result, and its callback is called; a callback that was taken
 * back is not. Another one is cancelled.
 *
 * Python: cancel, cancelled, done, result, set_result, add_done_callback,
 * remove_done_callback. */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

static void show(const char *name, struct future *future)
{
    const struct outcome *result;
    printf("%s: done %d, cancelled %d, result ", name, future_done(future),
           future_cancelled(future));
    if (future_result(future, &result))
        printf("InvalidStateError\n");
    else
        talk_print_outcome(future_share(future));
}

int talk_run(struct talk *talk)
{
    struct future one, other;
    struct handle *never = talk_call(talk, "never");
    future_init(&one, talk->loop);
    future_init(&other, talk->loop);
    future_add_done_callback(&one, talk_call(talk, "the callback"));
    future_add_done_callback(&one, never);
    printf("taken back: %d\n", future_remove_done_callback(&one, never));
    show("one", &one);
    future_set_result(&one, outcome_number(42));
    printf("cancel: %d\n", future_cancel(&other));
    show("one", &one);
    show("other", &other);
    int error = loop_run(talk->loop);
    future_unref(&one);
    future_unref(&other);
    return error;
}
