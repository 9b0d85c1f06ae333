/* SPDX-License-Identifier: MIT */
/* Given: what the iterators and generators of this lesson remember, each in a
 * struct of its own. All storage is the caller's. */
#ifndef LESSONS_E3_FRAMES_H
#define LESSONS_E3_FRAMES_H

#include "base/container_of.h"
#include "coroutines/generator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- iterators: step 1 ---- */

/* Whatever can be asked for its next number: next(self, &value) is true with
 * the number in value; or false, and then there is no more. */
struct iterator {
    bool (*next)(struct iterator *self, intptr_t *value);
};

/* The squares of 0, 1, … count - 1. */
struct squares {
    struct iterator iterator;
    intptr_t i, count;
};

/* i, i + 1, i + 2, … for ever. */
struct counter {
    struct iterator iterator;
    intptr_t i;
};

/* The first ones of another iterator, which is borrowed: `left` more of it.
 * Python's itertools.islice. */
struct first {
    struct iterator iterator;
    struct iterator *of;
    intptr_t left;
};

bool squares_next(struct iterator *self, intptr_t *value);
bool counter_next(struct iterator *self, intptr_t *value);
bool first_next(struct iterator *self, intptr_t *value);

/* ---- generators by hand: step 2 ---- */

/* The frame of a bank's cash machine. */
struct atm_frame {
    struct generator generator;
    int at;             /* where it goes on; 0: at the beginning */
    const bool *crisis; /* the bank's; borrowed */
    intptr_t given;     /* a local of the function: notes handed out */
};

/* The frame of a seesaw. */
struct seesaw_frame {
    struct generator generator;
    int at;         /* where it goes on; 0: at the beginning */
    intptr_t count; /* an argument of the function */
    intptr_t i;     /* a local of the function */
};

generator_resume atm, seesaw;

/* Each is a new generator. Locals are not set: that is the function's part. */
static inline struct generator *atm_init(struct atm_frame *frame,
                                         const bool *crisis)
{
    generator_init(&frame->generator, atm, "atm");
    frame->at = 0;
    frame->crisis = crisis;
    return &frame->generator;
}

static inline struct generator *seesaw_init(struct seesaw_frame *frame,
                                            intptr_t count)
{
    generator_init(&frame->generator, seesaw, "seesaw");
    frame->at = 0;
    frame->count = count;
    return &frame->generator;
}

#ifdef __cplusplus
}
#endif

#endif
