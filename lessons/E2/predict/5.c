/* SPDX-License-Identifier: MIT */
/* A Deferred without a canceller is cancelled, and the work behind it, which
 * does not know of that, fires it; and then once more. */
#include "callbacks/failure.h"
#include "deferreds/deferred.h"

#include <stdio.h>

static struct outcome say(void *context, struct outcome outcome)
{
    (void)context;
    printf("  a rung runs, with %s\n", outcome_is_failure(&outcome)
                                           ? outcome.failure->type->name
                                           : "a value");
    outcome_drop(outcome);
    return outcome_none();
}

int main(void)
{
    struct deferred deferred;
    deferred_init(&deferred, NULL);
    deferred_add_both(&deferred, say, NULL);
    puts("cancel:");
    deferred_cancel(&deferred);
    for (int i = 1; i <= 2; i++)
        printf("late fire number %d: %s\n", i,
               deferred_fire(&deferred, outcome_number(1))
                   ? "it was fired already"
                   : "forgiven, and dropped");
    deferred_detach(&deferred);
    return 0;
}
