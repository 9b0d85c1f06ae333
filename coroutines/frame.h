/* SPDX-License-Identifier: MIT */
/* A generator without a stack of its own: a struct for what has to survive a
 * yield, and the place to go on at. CPython's frames are the same.
 *
 *     struct squares { struct frame frame; intptr_t i, count; };
 *
 *     static struct outcome squares(struct generator *self, struct outcome got)
 *     {
 *         CO_FRAME(struct squares, f);
 *         CO_BEGIN;
 *         for (f->i = 0; f->i < f->count; f->i++)
 *             CO_YIELD(outcome_number(f->i * f->i));
 *         CO_END;
 *     }
 *
 *     frame_init(&mine.frame, squares)   is a generator
 *
 * What the macros do can be written by hand, and lesson E3 does that first: a
 * yield notes where it is, and returns; the next call jumps there. The same
 * function written so is beside this one in the tests.
 *
 *   CO_FRAME(type, f)   f is the frame: a struct whose `frame` is one
 *   CO_BEGIN            goes on where it stopped
 *   CO_YIELD(value)     stops here; `got` is what it is sent then
 *   CO_AWAIT(come)      waits for an outcome that is pending; `got` is what
 *                       came of it
 *   CO_YIELD_FROM(g)    runs another generator as a part of this one; `got` is
 *                       what it returned
 *   CO_TRY_YIELD, CO_TRY_AWAIT, CO_TRY_YIELD_FROM   let a failure in `got` be
 *                       looked at; the others raise it
 *   CO_RETURN(value)    ends it; a failure that is returned is raised
 *   CO_END              ends it, with None
 *   CO_FINALLY, CO_END_FINALLY   instead of CO_END: what is between is done
 *                       on every way out, also when the generator is closed
 *
 * The parameters of the function must be called `self` and `got`. `got` is the
 * function's to drop, hand on or overlook, if it is a number.
 *
 * Mind that
 *   - a local variable is lost at each yield: what has to last is a member of
 *     the frame. clang warns of one that is used after all; gcc only without
 *     optimisation, or with a sanitizer. What is declared between CO_FRAME and
 *     CO_BEGIN is set anew at each entry: so it may be a local, a shorter name
 *     for something that lasts.
 *   - only this function can yield. Another one that wants to is a generator of
 *     its own, and CO_YIELD_FROM runs it. Its frame usually is a member of this
 *     one: then a call needs no memory.
 *
 * A label's address is a GNU extension, which gcc and clang have; it is used in
 * this header alone, and each use says that it is meant. The way of the
 * standard, a switch around the whole function, is as fast, but breaks at the
 * first switch inside it, and at two yields on one line.
 */
#ifndef COROUTINES_FRAME_H
#define COROUTINES_FRAME_H

#include "base/container_of.h"
#include "callbacks/awaitable.h"
#include "coroutines/delegate.h"

#ifdef __cplusplus
extern "C" {
#endif

struct frame {
    struct generator generator;
    void *at;                /* where to go on; NULL: at the beginning */
    struct generator *inner; /* that of CO_YIELD_FROM, while it runs */
    struct outcome result;   /* what it returns, once it is on its way out */
    int line;                /* at which it is, for inspection */
    bool leaving;            /* CO_FINALLY has begun */
};

/* frame_init(frame, function) is a new generator, whose function has not
 * begun. The storage is the caller's. */
#define frame_init(frame, function) frame_init_named(frame, function, #function)

static inline struct generator *frame_init_named(struct frame *frame,
                                                 generator_resume *function,
                                                 const char *name)
{
    generator_init(&frame->generator, function, name);
    frame->at = NULL;
    frame->inner = NULL;
    frame->result = outcome_none();
    frame->line = 0;
    frame->leaving = false;
    return &frame->generator;
}

/* ---- the frame of a function ---- */

#define CO_FRAME(type, f)                                                      \
    type *const f = container_of(self, type, frame.generator);                 \
    struct frame *const co_frame = &f->frame

#define CO_BEGIN                                                               \
    if (co_frame->at)                                                          \
    CO_GOTO(co_frame->at)

#define CO_END                                                                 \
    co_leave:                                                                  \
    __attribute__((unused));                                                   \
    return generator_return(self, co_frame->result)

/* A failure inside the block enters the function once more, at CO_FINALLY, and
 * then leaves it. */
#define CO_FINALLY                                                             \
    co_leave:                                                                  \
    __attribute__((unused));                                                   \
    if (co_frame->leaving)                                                     \
        goto co_left;                                                          \
    co_frame->leaving = true

#define CO_END_FINALLY                                                         \
    co_left:                                                                   \
    return generator_return(self, co_frame->result)

#define CO_RETURN(value)                                                       \
    do {                                                                       \
        frame_set_result(co_frame, value);                                     \
        goto co_leave;                                                         \
    } while (0)

/* ---- stopping ---- */

#define CO_YIELD(value)                                                        \
    do {                                                                       \
        CO_TRY_YIELD(value);                                                   \
        CO_RAISE;                                                              \
    } while (0)

#define CO_AWAIT(come)                                                         \
    do {                                                                       \
        CO_TRY_AWAIT(come);                                                    \
        CO_RAISE;                                                              \
    } while (0)

/* `callee` is ours from here on, and is dropped when it is over. */
#define CO_YIELD_FROM(callee)                                                  \
    do {                                                                       \
        CO_TRY_YIELD_FROM(callee);                                             \
        CO_RAISE;                                                              \
    } while (0)

#define CO_TRY_YIELD(value) CO_STOP_AT(CO_NEW_LABEL, value)

/* A pending outcome goes to the code that drives this generator, which waits
 * for it and sends back its outcome. */
#define CO_TRY_AWAIT(come)                                                     \
    do {                                                                       \
        got = (come);                                                          \
        if (!outcome_is_pending(&got))                                         \
            break;                                                             \
        if (awaitable_ready(got.awaitable))                                    \
            got = awaitable_take(got.awaitable);                               \
        else                                                                   \
            CO_TRY_YIELD(got);                                                 \
    } while (0)

#define CO_TRY_YIELD_FROM(callee) CO_DELEGATE_AT(CO_NEW_LABEL, callee)

/* ---- what they are made of ---- */

/* Returns a failure to the caller, and notes the place that it passed. */
#define CO_RAISE                                                               \
    do {                                                                       \
        if (outcome_is_failure(&got)) {                                        \
            frame_raise(co_frame, got, __FILE__, __func__, __LINE__);          \
            goto co_leave;                                                     \
        }                                                                      \
    } while (0)

#define CO_STOP_AT(label, value) CO_STOP(label, value)
#define CO_STOP(label, value)                                                  \
    do {                                                                       \
        CO_STAND_AT(label);                                                    \
        return generator_yield(self, value);                                   \
    label:;                                                                    \
    } while (0)

#define CO_DELEGATE_AT(label, callee) CO_DELEGATE(label, callee)
#define CO_DELEGATE(label, callee)                                             \
    do {                                                                       \
        co_frame->inner = (callee);                                            \
        CO_STAND_AT(label);                                                    \
        got = outcome_none();                                                  \
    label:                                                                     \
        got = generator_delegate(co_frame->inner, got);                        \
        if (generator_has_yielded(co_frame->inner, &got))                      \
            return generator_yield(self, got);                                 \
        generator_drop(co_frame->inner);                                       \
        co_frame->inner = NULL;                                                \
    } while (0)

#define CO_STAND_AT(label)                                                     \
    do {                                                                       \
        co_frame->at = __extension__ && label;                                 \
        co_frame->line = __LINE__;                                             \
    } while (0)

#define CO_GOTO(place) __extension__({ goto *(place); })

/* co_at_0, co_at_1, ...: so two of them may be on one line. */
#define CO_NEW_LABEL CO_JOIN(co_at_, __COUNTER__)
#define CO_JOIN(a, b) CO_JOIN_NOW(a, b)
#define CO_JOIN_NOW(a, b) a##b

/* For CO_RETURN: a failure in CO_FINALLY takes the place of what was there. */
static inline void frame_set_result(struct frame *frame, struct outcome result)
{
    outcome_drop(frame->result);
    frame->result = result;
}

/* For CO_RAISE. By value: the address of `got` is not taken, so it stays in
 * registers. */
static inline void frame_raise(struct frame *frame, struct outcome failure,
                               const char *file, const char *function, int line)
{
    outcome_passes(&failure, file, function, line);
    frame_set_result(frame, failure);
}

#ifdef __cplusplus
}
#endif

#endif
