/* SPDX-License-Identifier: MIT */
/* A seesaw whose i is a local, and its frame at each yield. */
#include "base/container_of.h"
#include "coroutines/generator.h"

#include <stdio.h>

struct frame {
    struct generator generator;
    int at, count;
};

static struct outcome seesaw(struct generator *self, struct outcome got)
{
    struct frame *f = container_of(self, struct frame, generator);
    int i = 0;
    if (outcome_is_failure(&got)) /* it is closed in the end */
        return generator_return(self, got);
    outcome_drop(got);
    switch (f->at) {
    case 0:
        for (i = 1; i <= f->count; i++) {
            f->at = 1;
            return generator_yield(self, outcome_number(i));
        case 1:
            f->at = 2;
            return generator_yield(self, outcome_number(-i));
        case 2:;
        }
    }
    return generator_return(self, outcome_none());
}

int main(void)
{
    struct frame frame = {.count = 3};
    struct outcome value;
    generator_init(&frame.generator, seesaw, "seesaw");
    for (int call = 1; call <= 5; call++) {
        bool more = generator_next(&frame.generator, &value);
        printf("call %d: %s %2lld    the frame: at %d, count %d\n", call,
               more ? "yields" : "is over", (long long)value.number, frame.at,
               frame.count);
    }
    generator_drop(&frame.generator);
    return 0;
}
