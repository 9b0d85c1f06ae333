/* SPDX-License-Identifier: MIT */
/* Three generators that are one; the topmost is sent a 7. */
#include "coroutines/frame.h"

#include <stdio.h>

struct level {
    struct frame frame;
    struct level *below;
    const char *name;
};

static struct outcome run(struct generator *self, struct outcome got)
{
    CO_FRAME(struct level, f);
    CO_BEGIN;
    if (f->below) {
        CO_YIELD_FROM(frame_init(&f->below->frame, run));
        printf("  %-8s yield from gives %ld\n", f->name, (long)got.number);
    } else {
        CO_YIELD(outcome_number(1));
        printf("  %-8s receives %ld\n", f->name, (long)got.number);
    }
    CO_RETURN(outcome_number(got.number + 1));
    CO_END;
}

int main(void)
{
    struct level low = {.name = "lowest"};
    struct level middle = {.name = "middle", .below = &low};
    struct level top = {.name = "topmost", .below = &middle};
    struct generator *generator = frame_init(&top.frame, run);
    struct outcome came = generator_send(generator, outcome_none());
    printf("it has yielded %ld, and is sent a 7:\n", (long)came.number);
    came = generator_send(generator, outcome_number(7));
    printf("it has returned %ld\n", (long)came.number);
    generator_drop(generator);
    return 0;
}
