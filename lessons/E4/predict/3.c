/* SPDX-License-Identifier: MIT */
/* A Future is cancelled, and then the value comes. */
#include "coroutines/future.h"

#include <errno.h>
#include <stdio.h>

static void drop(struct outcome outcome)
{
    (void)outcome;
    puts("  the value is dropped");
}

int main(void)
{
    static const struct kind kind = {.name = "value", .drop = drop};
    static int value;
    struct future future;
    future_init(&future, NULL);
    printf("future_cancel: %s\n", future_cancel(&future) ? "true" : "false");
    puts("future_set_result:");
    int error = future_set_result(&future, outcome_value(&kind, &value));
    printf("  returns %s\n", error == -EALREADY ? "-EALREADY" : "0");
    printf("it is %s\n",
           future_cancelled(&future) ? "cancelled" : "not cancelled");
    future_unref(&future);
    return 0;
}
