/* SPDX-License-Identifier: MIT */
#include "talks/coroutine.h"

static void print(struct outcome outcome)
{
    struct buffer text = {0};
    outcome_print(&outcome, &text);
    printf("%.*s", (int)text.size, text.data);
    buffer_deinit(&text);
    outcome_drop(outcome);
}

void talk_print_outcome(struct outcome outcome)
{
    print(outcome);
    printf("\n");
}

void talk_print_values(struct generator *generator, int most)
{
    struct outcome value;
    int i = 0;
    for (; i < most && generator_next(generator, &value); i++) {
        print(value);
        printf(" ");
    }
    if (i < most) {
        printf("= ");
        print(value);
    }
    printf("\n");
}

int talk_complete(struct talk *talk, struct generator *generator)
{
    struct outcome came = run_until_complete(talk->loop, generator);
    int code = 0;
    if (outcome_is_failure(&came)) {
        code = came.failure->code;
        talk_print_outcome(came);
    } else {
        outcome_drop(came);
    }
    return code;
}

struct outcome talk_sleep(struct talk *talk, double seconds)
{
    return sleep_for(talk->loop, (nanos)(seconds * (double)NANOS_PER_SECOND));
}
