/* SPDX-License-Identifier: MIT */
/* One generator written twice, and what lies between it and the code that
 * drives it. Each has more than one place to go on at: with a single one the
 * compiler knows where the jump leads. */
#include "coroutines/frame.h"
#include "costs.h"

static volatile uintptr_t seen; /* so that nothing is left out */

static void drive(struct generator *generator, long times)
{
    struct outcome value;
    uintptr_t sum = 0;
    while (times-- && generator_next(generator, &value))
        sum += (uintptr_t)value.number;
    seen = sum;
    generator_drop(generator);
}

/* ---- a resume and a yield ---- */

struct counting {
    struct frame frame;
    intptr_t i;
    int state; /* of the one with the switch */
};

static struct outcome count_by_frame(struct generator *self, struct outcome got)
{
    CO_FRAME(struct counting, f);
    CO_BEGIN;
    for (;;) {
        CO_YIELD(outcome_number(f->i++));
        CO_YIELD(outcome_number(f->i * 2));
        CO_YIELD(outcome_number(f->i * 3));
    }
    CO_END;
}

static struct outcome count_by_switch(struct generator *self,
                                      struct outcome got)
{
    struct counting *f = container_of(self, struct counting, frame.generator);
    switch (f->state) {
    case 0:
        for (;;) {
            f->state = 1;
            return generator_yield(self, outcome_number(f->i++));
        case 1:
            if (outcome_is_failure(&got))
                return generator_return(self, got);
            f->state = 2;
            return generator_yield(self, outcome_number(f->i * 2));
        case 2:
            if (outcome_is_failure(&got))
                return generator_return(self, got);
            f->state = 3;
            return generator_yield(self, outcome_number(f->i * 3));
        case 3:
            if (outcome_is_failure(&got))
                return generator_return(self, got);
        }
    }
    return generator_return(self, outcome_none());
}

void cost_of_switch(long times)
{
    struct counting counting = {.i = 0};
    drive(frame_init(&counting.frame, count_by_switch), times);
}

void cost_of_frame(long times)
{
    struct counting counting = {.i = 0};
    drive(frame_init(&counting.frame, count_by_frame), times);
}

/* ---- from further inside ---- */

enum { MOST_LEVELS = 3 };

struct level {
    struct frame frame;
    struct generator *inner;
};

static struct outcome one_level(struct generator *self, struct outcome got)
{
    CO_FRAME(struct level, f);
    CO_BEGIN;
    CO_YIELD(outcome_number(0));
    CO_YIELD_FROM(f->inner);
    CO_END;
}

static void drive_through(int count, long times)
{
    struct counting counting = {.i = 0};
    struct level levels[MOST_LEVELS];
    struct generator *outermost = frame_init(&counting.frame, count_by_frame);
    for (int i = 0; i < count; i++) {
        levels[i].inner = outermost;
        outermost = frame_init(&levels[i].frame, one_level);
    }
    drive(outermost, times);
}

void cost_of_one_level(long times)
{
    drive_through(1, times);
}

void cost_of_three_levels(long times)
{
    drive_through(MOST_LEVELS, times);
}
