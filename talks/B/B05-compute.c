/* SPDX-License-Identifier: MIT */
/* B5 (coroutines): print_sum waits for compute, which waits for a second
 *
 * One coroutine calls another by `yield from`, and the Task moves both on. All
 * that they yield is the sleep at the bottom.
 *
 * Python: the example of asyncio's documentation, drawn as a diagram there. */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct sum {
    struct frame frame, callee;
    struct talk *talk;
    intptr_t x, y;
};

static struct outcome compute(struct generator *self, struct outcome got)
{
    struct sum *f = container_of(self, struct sum, callee.generator);
    struct frame *const co_frame = &f->callee;
    CO_BEGIN;
    printf("Compute %jd + %jd ...\n", (intmax_t)f->x, (intmax_t)f->y);
    CO_AWAIT(talk_sleep(f->talk, 1));
    CO_RETURN(outcome_number(f->x + f->y));
    CO_END;
}

static struct outcome print_sum(struct generator *self, struct outcome got)
{
    CO_FRAME(struct sum, f);
    CO_BEGIN;
    CO_YIELD_FROM(frame_init(&f->callee, compute));
    printf("%jd + %jd = %jd\n", (intmax_t)f->x, (intmax_t)f->y,
           (intmax_t)got.number);
    talk_say(f->talk, "print_sum is over");
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct sum sum = {.talk = talk, .x = 1, .y = 2};
    return talk_complete(talk, frame_init(&sum.frame, print_sum));
}
