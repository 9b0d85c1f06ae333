/* SPDX-License-Identifier: MIT */
/* Given: what is made of a Future in this lesson. */
#ifndef LESSONS_E4_ANSWERS_H
#define LESSONS_E4_ANSWERS_H

#include "coroutines/frame.h"
#include "coroutines/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- step 4: a function that calls back ---- */

/* error is NULL, and result is the quotient; or error says why there is none.
 */
typedef void divide_done(void *context, int result, const char *error);

/* Divides, and calls done once: in a later turn of the loop; or inside this
 * very call, when it sees at once that it cannot be done. */
void divide(struct loop *loop, int dividend, int divisor, divide_done *done,
            void *context);

/* The same, so that it reads like a call: pending, then the quotient, or a
 * failure. Yours, in step 4. */
struct outcome division(struct loop *loop, int dividend, int divisor);

/* ---- step 5: a is 3, b is 5 ---- */

/* The frame of foo. */
struct foo_frame {
    struct frame frame;
    struct loop *loop;
    struct handle timer;     /* runs on_complete */
    struct future *promised; /* what on_complete sets to 5 */
    intptr_t a, b;           /* locals of foo */
    void (*say)(struct foo_frame *self, const char *what, intptr_t value);
};

/* A generator: its `a` is what bar returns, its `b` what baz's Future comes to.
 * Yours, in step 5. */
generator_resume foo;

/* A Future that is there already. Given. */
struct outcome bar(struct loop *loop);

/* A Future that is set to 5 a second later, by on_complete. Yours, both. */
struct outcome baz(struct foo_frame *foo);
void on_complete(struct handle *timer);

#ifdef __cplusplus
}
#endif

#endif
