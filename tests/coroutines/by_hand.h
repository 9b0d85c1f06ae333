/* SPDX-License-Identifier: MIT */
/* One generator, written three times: with the macros of frame.h; with what
 * they become; and with a switch, in the C of the standard. Lesson E3 begins
 * with the last one. */
#ifndef COROUTINES_BY_HAND_H
#define COROUTINES_BY_HAND_H

#include "coroutines/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Yields the squares of 0 to count - 1. A number that it is sent is where it
 * goes on. Returns how often it was sent one. Closes `open` at its end. */
struct squares {
    struct frame frame;
    intptr_t i, count, sent;
    bool *open;
    int state; /* of the one with the switch */
};

generator_resume squares_with_macros, squares_expanded, squares_with_switch;

/* For the rest of what frame.h says: a switch in the middle, two yields on one
 * line, a loop in a loop. Yields 1 to 6. */
struct shapes {
    struct frame frame;
    intptr_t i, j;
};
generator_resume run_shapes;

/* Fails behind a yield, and in its CO_FINALLY once more. */
struct failing {
    struct frame frame;
    int finished;
};
generator_resume failing_twice;

/* Yields what the squares yield. */
struct delegating {
    struct frame frame;
    struct squares *squares;
};
generator_resume delegate_to_squares;

#ifdef __cplusplus
}
#endif

#endif
