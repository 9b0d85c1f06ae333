/* SPDX-License-Identifier: MIT */
/* A local variable of a generator is lost across a yield. Its function is
 * called anew for each step, and jumps to where it stopped. */
#include "lessons/wrong.h"

#include "coroutines/frame.h"

enum { SQUARES = 5 };

struct squares {
    struct frame frame;
    intptr_t i;
};

/* `i` is a local variable, and is set anew whenever the function goes on. */
static struct outcome squares_of_a_local(struct generator *self,
                                         struct outcome got)
{
    struct frame *const co_frame = container_of(self, struct frame, generator);
    intptr_t i = 0;
    CO_BEGIN;
    for (; i < SQUARES; i++)
        CO_YIELD(outcome_number(i * i));
    CO_END;
}

static struct outcome squares_in_the_frame(struct generator *self,
                                           struct outcome got)
{
    CO_FRAME(struct squares, f);
    CO_BEGIN;
    for (f->i = 0; f->i < SQUARES; f->i++)
        CO_YIELD(outcome_number(f->i * f->i));
    CO_END;
}

static long wrong_squares(generator_resume *function)
{
    struct squares mine;
    struct generator *squares = frame_init(&mine.frame, function);
    long wrong = 0;
    for (intptr_t i = 0; i < SQUARES; i++) {
        struct outcome square;
        wrong_need(generator_next(squares, &square), "the next square");
        wrong += square.number != i * i;
    }
    generator_drop(squares);
    return wrong;
}

static long make(void)
{
    return wrong_squares(squares_of_a_local);
}

static long mend(void)
{
    return wrong_squares(squares_in_the_frame);
}

int main(void)
{
    static const struct wrong lost_local = {
        .mistake = "a generator on a frame counts in a local variable",
        .damage = "squares of five that were wrong",
        .make = make,
        .mend = mend,
        .why = "at a yield the function returns, and its local variables are "
               "gone; at the next send it is called anew and jumps to where "
               "it stopped. What is set before CO_BEGIN is set again each "
               "time: it yielded 0, and then 1 for ever. What is declared "
               "behind it is not set at all.",
        .instead = "whatever has to last is a member of the frame. Of a local "
                   "that is declared behind CO_BEGIN compilers warn as "
                   "uninitialized: clang always, gcc without optimisation or "
                   "with a sanitizer. A stack (coroutines/stack.h) keeps its "
                   "locals.",
    };
    return wrong_show(&lost_local);
}
