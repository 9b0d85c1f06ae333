/* SPDX-License-Identifier: MIT */
#include "lessons/E5/sums.h"

#include "coroutines/sleep.h"

#include <stdio.h>

/* ---- compute and print_sum ---- */

static void say_compute(struct sum *sum)
{
    char text[64];
    snprintf(text, sizeof text, "Compute %ld + %ld ...", (long)sum->x,
             (long)sum->y);
    sum->say(sum, text);
}

static void say_result(struct sum *sum, intptr_t result)
{
    char text[64];
    snprintf(text, sizeof text, "%ld + %ld = %ld", (long)sum->x, (long)sum->y,
             (long)result);
    sum->say(sum, text);
}

static struct outcome compute(struct generator *self, struct outcome got)
{
    struct sum *f = container_of(self, struct sum, callee.generator);
    struct frame *const co_frame = &f->callee;
    CO_BEGIN;
    say_compute(f);
    CO_AWAIT(sleep_for(f->loop, NANOS_PER_SECOND));
    CO_RETURN(outcome_number(f->x + f->y));
    CO_END;
}

static struct outcome print_sum(struct generator *self, struct outcome got)
{
    CO_FRAME(struct sum, f);
    CO_BEGIN;
    CO_YIELD_FROM(frame_init(&f->callee, compute));
    say_result(f, got.number);
    CO_END;
}

struct generator *sum_init(struct sum *sum)
{
    return frame_init(&sum->frame, print_sum);
}

/* ---- twenty ---- */

static struct outcome ten(struct generator *self, struct outcome got)
{
    struct twenty *f = container_of(self, struct twenty, callee.generator);
    struct frame *const co_frame = &f->callee;
    CO_BEGIN;
    for (; f->i < f->end; f->i++)
        CO_YIELD(outcome_number(f->i));
    CO_RETURN(outcome_number(f->end));
    CO_END;
}

static struct outcome twenty(struct generator *self, struct outcome got)
{
    CO_FRAME(struct twenty, f);
    CO_BEGIN;
    f->i = 0;
    f->end = 10;
    CO_YIELD_FROM(frame_init(&f->callee, ten));
    f->end = got.number + 10;
    CO_YIELD_FROM(frame_init(&f->callee, ten));
    CO_END;
}

struct generator *twenty_init(struct twenty *it)
{
    return frame_init(&it->frame, twenty);
}
