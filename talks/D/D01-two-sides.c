/* SPDX-License-Identifier: MIT */
/* D1 (coroutines): A value goes one way, an error the other
 *
 * The guide adds two functions to a Deferred, and one of them is called. By
 * inlineCallbacks the same is a try with an except.
 *
 * Python: addCallbacks(on_success, on_error), @inlineCallbacks. See --draw. */
#include "coroutines/inline_callbacks.h"
#include "talks/coroutine.h"
#include "talks/deferred.h"

const char *const talk_sites[] = {NULL};
struct asks {
    struct frame frame;
    struct talk *talk;
    int by;
};
static struct outcome divide(void *by, struct outcome none)
{
    (void)none;
    return *(int *)by ? outcome_number(42 / *(int *)by)
                      : outcome_fail(&misuse_type, 0, "division by zero");
}
static struct outcome try_except(struct generator *self, struct outcome got)
{
    CO_FRAME(struct asks, f);
    CO_BEGIN;
    CO_TRY_AWAIT(
        talk_outcome(deferred_later(f->talk->loop, SECOND, divide, &f->by)));
    got = outcome_is_failure(&got) ? talk_print_error(f->talk, got)
                                   : talk_print(f->talk, got);
    CO_END;
}
int talk_run(struct talk *talk)
{
    for (int by = 6; by >= 0; by -= 6) {
        struct asks f = {.talk = talk, .by = by};
        struct deferred *d = deferred_later(talk->loop, SECOND, divide, &by);
        deferred_add_callbacks(d, talk_print, talk_print_error, talk);
        deferred_detach(d);
        deferred_detach(inline_callbacks_new(frame_init(&f.frame, try_except)));
        loop_run(talk->loop);
    }
    return 0;
}
