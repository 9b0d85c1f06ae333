/* SPDX-License-Identifier: MIT */
/* Two of the mistakes once more, in the form of which a compiler warns. This is
 * no part of any program: a test compiles it, and reads the warnings. */
#include "coroutines/frame.h"

struct squares {
    struct frame frame;
};

static struct outcome squares(struct generator *self, struct outcome got)
{
    CO_FRAME(struct squares, f);
    CO_BEGIN;
    for (intptr_t lost_local = 0; lost_local < 5; lost_local++)
        CO_YIELD(outcome_number(lost_local * lost_local));
    CO_END;
}

OUTCOME_OWNED static struct generator *forgotten(struct squares *f)
{
    return frame_init(&f->frame, squares);
}

void call(struct squares *f);

void call(struct squares *f)
{
    forgotten(f);
}
