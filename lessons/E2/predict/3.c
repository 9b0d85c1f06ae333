/* SPDX-License-Identifier: MIT */
/* A callback is added to a Deferred that was fired before. */
#include "deferreds/deferred.h"

#include <stdio.h>

static struct outcome say(void *context, struct outcome value)
{
    (void)context;
    printf("  the callback runs, with %td\n", value.number);
    return value;
}

int main(void)
{
    struct deferred deferred;
    deferred_init(&deferred, NULL);
    puts("fire");
    deferred_callback(&deferred, outcome_number(1));
    puts("add_callback");
    deferred_add_callback(&deferred, say, NULL);
    puts("add_callback has returned");
    deferred_detach(&deferred);
    return 0;
}
