/* SPDX-License-Identifier: MIT */
/* A failure is thrown into a generator that has not begun, and into one that is
 * at a yield. */
#include "coroutines/frame.h"

#include <errno.h>
#include <stdio.h>

struct body {
    struct frame frame;
};

static struct outcome body(struct generator *self, struct outcome got)
{
    CO_FRAME(struct body, f);
    CO_BEGIN;
    puts("    the body begins");
    CO_TRY_YIELD(outcome_number(1));
    if (outcome_is_failure(&got))
        printf("    out of the yield comes %s\n", failure_message(got.failure));
    outcome_drop(got);
    CO_END;
}

static void throw_into(struct generator *generator)
{
    struct outcome came = generator_send(
        generator, outcome_fail(&system_type, -EIO, "the failure"));
    printf("    what comes back: %s\n",
           outcome_is_failure(&came) ? failure_message(came.failure) : "None");
    printf("    it is %s\n",
           generator_is_over(generator) ? "over" : "not over");
    outcome_drop(came);
}

int main(void)
{
    struct body one, two;
    struct outcome value;
    frame_init(&one.frame, body);
    frame_init(&two.frame, body);
    puts("thrown into a new one:");
    throw_into(&one.frame.generator);
    puts("thrown into one at a yield:");
    if (generator_next(&two.frame.generator, &value))
        throw_into(&two.frame.generator);
    return 0;
}
