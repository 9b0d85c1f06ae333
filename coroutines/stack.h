/* SPDX-License-Identifier: MIT */
/* A generator with a stack of its own: a greenlet. Any function that it calls,
 * however deep, may yield; so there is no `yield from`, and locals are locals.
 * The price is the stack: some kilobytes each, and a few lines of assembly.
 *
 *     static struct outcome body(struct stack *self, struct outcome got)
 *     {
 *         for (int i = 0; i < 5; i++)
 *             got = stack_yield(outcome_number(i * i));
 *         return got;
 *     }
 *
 *     error = stack_init(&stack, &pool, body, "body");
 *     &stack.generator     is a generator
 *
 * A yield returns a failure when that was thrown into the generator: the body
 * returns it, or handles it. If it is GeneratorExit the body must end, because
 * nothing else gives back what it holds.
 *
 * A stack stays on the thread on which it was made.
 */
#ifndef COROUTINES_STACK_H
#define COROUTINES_STACK_H

#include "callbacks/awaitable.h"
#include "coroutines/generator.h"
#include "coroutines/stack_sanitizer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- memory for stacks ---- */

/* Enough for what the lab does: a TLS handshake takes more than 8 KiB, and what
 * is not touched costs no memory. */
enum { STACK_SIZE = 64 * 1024 };

/* Keeps stacks that are not in use, because mapping and unmapping one costs a
 * thousand times as much as a switch. Below each is a page that may not be
 * touched, so each stack takes two mappings. A process may have about 65,000
 * mappings, thus some 32,000 stacks. */
struct stack_pool {
    size_t size;         /* of each stack */
    struct spare *spare; /* those that are not in use */
};

/* `size` is rounded up to pages; 0 is STACK_SIZE. */
void stack_pool_init(struct stack_pool *pool, size_t size);

/* Contract: no stack of it is in use. */
void stack_pool_deinit(struct stack_pool *pool);

/* The memory of a stack: its lowest address. 0 or a negative errno. */
int stack_pool_take(struct stack_pool *pool, char **low);
void stack_pool_give(struct stack_pool *pool, char *low);

/* ---- a stack ---- */

struct stack;

/* What runs on it. What it returns is the generator's. */
typedef struct outcome stack_body(struct stack *self, struct outcome got);

struct stack {
    struct generator generator;
    stack_body *body;

    /* the engine's; inspectors may read */
    void *context;          /* where the stack that does not run goes on: this
                             * one, or its resumer */
    struct outcome passing; /* what the next switch passes */
    struct stack *resumer;  /* which stack resumed it; NULL: the thread's own */
    struct stack_pool *pool;
    char *low; /* its lowest address, above the guard page */
    struct stack_sanitizer sanitizer;
};

/* New: the body has not begun. 0 or a negative errno. */
int stack_init(struct stack *stack, struct stack_pool *pool, stack_body *body,
               const char *name);

/* Gives the memory back. Contract: its generator is new or over; a body that
 * has ignored GeneratorExit is forgotten, with all that it holds. */
void stack_deinit(struct stack *stack);

/* The most bytes of the stack that have ever been in use, also by earlier
 * users. Takes a moment: the stack is searched. */
size_t stack_high_water(const struct stack *stack);

/* ---- on a stack ---- */

/* Stops here and hands `value` to the code that has resumed this stack. Returns
 * what is sent next. Not on a stack: RuntimeError. */
OUTCOME_OWNED struct outcome stack_yield(struct outcome value);

/* Waits, if it must, and returns the outcome. */
OUTCOME_OWNED struct outcome stack_await(struct outcome come);

/* `yield from`, for a generator of the other kind. It is ours from here on, and
 * is dropped when it is over. */
OUTCOME_OWNED struct outcome stack_yield_from(struct generator *inner);

/* The stack that runs on this thread; NULL: the thread's own. */
struct stack *stack_current(void);

#ifdef __cplusplus
}
#endif

#endif
