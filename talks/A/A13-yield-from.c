/* SPDX-License-Identifier: MIT */
/* A13 (coroutines): A generator hands over to another one, and gets its result
 *
 * Two generators of ten numbers are one of twenty, by `yield from`. What is
 * sent and thrown goes through to the inner one, what that returns comes back.
 *
 * Python: yield from (PEP 380). */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct ten {
    struct frame frame;
    intptr_t i, end;
};
struct twenty {
    struct frame frame;
    struct ten inner;
};

static struct outcome ten_numbers(struct generator *self, struct outcome got)
{
    CO_FRAME(struct ten, f);
    CO_BEGIN;
    for (f->i = f->end - 10; f->i < f->end; f->i++)
        CO_YIELD(outcome_number(f->i));
    CO_END;
}

static struct outcome twenty_numbers(struct generator *self, struct outcome got)
{
    CO_FRAME(struct twenty, f);
    CO_BEGIN;
    for (f->inner.end = 10; f->inner.end <= 20; f->inner.end += 10)
        CO_YIELD_FROM(frame_init(&f->inner.frame, ten_numbers));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct twenty all;
    (void)talk;
    talk_print_values(frame_init(&all.frame, twenty_numbers), 30);
    return 0;
}
