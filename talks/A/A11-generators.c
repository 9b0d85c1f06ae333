/* SPDX-License-Identifier: MIT */
/* A11 (coroutines): Generators: the squares, and a counter that never ends
 *
 * A generator computes a value when it is asked for one, and remembers where it
 * was. So it may go on for ever, in constant memory.
 *
 * Python: yield, next(), and for. */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct numbers {
    struct frame frame;
    intptr_t i;
};

static struct outcome squares(struct generator *self, struct outcome got)
{
    CO_FRAME(struct numbers, f);
    CO_BEGIN;
    for (f->i = 0; f->i < 5; f->i++)
        CO_YIELD(outcome_number(f->i * f->i));
    CO_END;
}

static struct outcome count(struct generator *self, struct outcome got)
{
    CO_FRAME(struct numbers, f);
    CO_BEGIN;
    for (f->i = 4;; f->i++)
        CO_YIELD(outcome_number(f->i));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct numbers five, all;
    (void)talk;
    talk_print_values(frame_init(&five.frame, squares), 10);
    talk_print_values(frame_init(&all.frame, count), 3);
    talk_print_values(&all.frame.generator, 3);
    generator_drop(&all.frame.generator);
    return 0;
}
