/* SPDX-License-Identifier: MIT */
#include "by_hand.h"

#include <errno.h>

/* ---- with the macros ---- */

struct outcome squares_with_macros(struct generator *self, struct outcome got)
{
    CO_FRAME(struct squares, f);
    CO_BEGIN;

    for (f->i = 0; f->i < f->count; f->i++) {
        CO_YIELD(outcome_number(f->i * f->i));
        if (!outcome_is_none(&got)) {
            f->i = got.number - 1;
            f->sent++;
        }
    }
    CO_RETURN(outcome_number(f->sent));

    CO_FINALLY;
    *f->open = false;
    CO_END_FINALLY;
}

/* ---- what they become ---- */

struct outcome squares_expanded(struct generator *self, struct outcome got)
{
    /* CO_FRAME(struct squares, f) */
    struct squares *const f =
        container_of(self, struct squares, frame.generator);
    struct frame *const co_frame = &f->frame;
    /* CO_BEGIN */
    if (co_frame->at)
        __extension__({ goto * co_frame->at; });

    for (f->i = 0; f->i < f->count; f->i++) {
        /* CO_YIELD: notes this place, and stops; */
        co_frame->at = __extension__ && here;
        co_frame->line = __LINE__;
        return generator_yield(self, outcome_number(f->i * f->i));
    here:
        /* then goes on here, and raises a failure. */
        if (outcome_is_failure(&got)) {
            frame_raise(co_frame, got, __FILE__, __func__, __LINE__);
            goto co_leave;
        }
        if (!outcome_is_none(&got)) {
            f->i = got.number - 1;
            f->sent++;
        }
    }
    /* CO_RETURN */
    frame_set_result(co_frame, outcome_number(f->sent));
    goto co_leave;

    /* CO_FINALLY */
co_leave:
    if (co_frame->leaving)
        goto co_left;
    co_frame->leaving = true;
    *f->open = false;
    /* CO_END_FINALLY */
co_left:
    return generator_return(self, co_frame->result);
}

/* ---- with a switch: the yield is between `return` and `case` ---- */

struct outcome squares_with_switch(struct generator *self, struct outcome got)
{
    struct squares *f = container_of(self, struct squares, frame.generator);
    switch (f->state) {
    case 0:
        for (f->i = 0; f->i < f->count; f->i++) {
            f->state = 1;
            return generator_yield(self, outcome_number(f->i * f->i));
        case 1:
            if (outcome_is_failure(&got)) {
                *f->open = false;
                return generator_return(self, got);
            }
            if (!outcome_is_none(&got)) {
                f->i = got.number - 1;
                f->sent++;
            }
        }
    }
    *f->open = false;
    return generator_return(self, outcome_number(f->sent));
}

/* ---- what else a body may look like ---- */

struct outcome run_shapes(struct generator *self, struct outcome got)
{
    CO_FRAME(struct shapes, f);
    CO_BEGIN;

    /* clang-format off */
    CO_YIELD(outcome_number(1)); CO_YIELD(outcome_number(2));
    /* clang-format on */
    for (f->i = 0; f->i < 2; f->i++)
        for (f->j = 0; f->j < 2; f->j++)
            switch (f->i + f->j) {
            case 1:
                CO_YIELD(outcome_number(f->i ? 5 : 4));
                break;
            default:
                CO_YIELD(outcome_number(f->i ? 6 : 3));
            }

    CO_END;
}

struct outcome failing_twice(struct generator *self, struct outcome got)
{
    CO_FRAME(struct failing, f);
    CO_BEGIN;

    CO_YIELD(outcome_number(1));
    CO_RETURN(outcome_fail(&system_type, -EIO, "the first"));

    CO_FINALLY;
    f->finished++;
    CO_YIELD(outcome_number(2));
    CO_END_FINALLY;
}

struct outcome delegate_to_squares(struct generator *self, struct outcome got)
{
    CO_FRAME(struct delegating, f);
    CO_BEGIN;
    CO_YIELD_FROM(frame_init(&f->squares->frame, squares_with_macros));
    CO_RETURN(got);
    CO_END;
}
