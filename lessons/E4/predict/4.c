/* SPDX-License-Identifier: MIT */
/* The callback of the slide, with its test the wrong way round; and ours. */
#include "coroutines/future.h"

#include <stdio.h>

static void slide(struct future *future, const int *result, const char *error)
{
    if (error)
        future_finish(future,
                      result ? outcome_number(*result) : outcome_none());
    else
        future_finish(future, outcome_fail(&misuse_type, 0, "None"));
}

static void ours(struct future *future, const int *result, const char *error)
{
    if (error)
        future_finish(future, outcome_fail(&misuse_type, 0, "%s", error));
    else
        future_finish(future, outcome_number(*result));
}

static void show(const char *what,
                 void (*call_back)(struct future *, const int *, const char *),
                 const int *result, const char *error)
{
    struct buffer text = {0};
    const struct outcome *outcome;
    struct future future;
    future_init(&future, NULL);
    call_back(&future, result, error);
    if (!future_result(&future, &outcome))
        outcome_print(outcome, &text);
    printf("  %-7s %.*s\n", what, (int)text.size, text.data);
    buffer_deinit(&text);
    future_unref(&future);
}

int main(void)
{
    int seven = 7;
    puts("the slide's, of 42 : 6 and of 42 : 0");
    show("42 : 6", slide, &seven, NULL);
    show("42 : 0", slide, NULL, "division by zero");
    puts("the right way round");
    show("42 : 6", ours, &seven, NULL);
    show("42 : 0", ours, NULL, "division by zero");
    return 0;
}
