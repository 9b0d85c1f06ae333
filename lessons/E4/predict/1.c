/* SPDX-License-Identifier: MIT */
/* Two that ask a Future, and two that ask a Deferred. */
#include "coroutines/future.h"
#include "deferreds/deferred.h"

#include <stdio.h>

static struct outcome first(void *context, struct outcome got)
{
    (void)context;
    printf("  Deferred: the first one gets %ld, and returns 7\n",
           (long)got.number);
    return outcome_number(7);
}

static struct outcome second(void *context, struct outcome got)
{
    (void)context;
    printf("  Deferred: the second one gets %ld\n", (long)got.number);
    return outcome_none();
}

int main(void)
{
    const struct outcome *outcome;
    struct future future;
    future_init(&future, NULL);
    future_set_result(&future, outcome_number(42));
    if (!future_result(&future, &outcome))
        printf("  Future: the first one gets %ld\n", (long)outcome->number);
    if (!future_result(&future, &outcome))
        printf("  Future: the second one gets %ld\n", (long)outcome->number);
    future_unref(&future);

    struct deferred *deferred = deferred_new(NULL);
    if (!deferred)
        return 1;
    deferred_add_callbacks(deferred, first, NULL, NULL);
    deferred_add_callbacks(deferred, second, NULL, NULL);
    deferred_callback(deferred, outcome_number(42));
    deferred_drop(deferred);
    return 0;
}
