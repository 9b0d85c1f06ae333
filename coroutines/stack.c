/* SPDX-License-Identifier: MIT */
#include "coroutines/stack.h"

#include "base/container_of.h"
#include "base/contract.h"
#include "coroutines/delegate.h"
#include "coroutines/stack_context.h"

#include <errno.h>
#include <stdint.h>

/* Each thread runs one stack at a time, and a stack does not change its thread.
 */
static _Thread_local struct stack *current;

struct stack *stack_current(void)
{
    return current;
}

/* ---- switching ---- */

/* Switches back to the code that has resumed this stack. */
static void go_back(struct stack *stack, bool for_good)
{
    current = stack->resumer;
    sanitizer_go_back(&stack->sanitizer, for_good);
    stack_context_switch(&stack->context, stack->context);
    sanitizer_goes_on(&stack->sanitizer, false);
}

static void stack_main(void *argument)
{
    struct stack *stack = argument;
    sanitizer_goes_on(&stack->sanitizer, true);
    struct outcome came = stack->body(stack, outcome_take(&stack->passing));
    stack->passing = generator_return(&stack->generator, came);
    go_back(stack, true);
}

/* The generator's resume: runs the stack from where it stopped until it stops
 * again. */
static struct outcome resume_stack(struct generator *self, struct outcome got)
{
    struct stack *stack = container_of(self, struct stack, generator);
    stack->passing = got;
    stack->resumer = current;
    current = stack;
    void *fake = sanitizer_go(&stack->sanitizer, stack->low, stack->pool->size);
    stack_context_switch(&stack->context, stack->context);
    sanitizer_is_back(fake);
    return stack->passing;
}

/* ---- on a stack ---- */

struct outcome stack_yield(struct outcome value)
{
    struct stack *stack = current;
    if (!stack) {
        outcome_drop(value);
        return outcome_fail(&misuse_type, -EINVAL,
                            "a yield on the thread's own stack");
    }
    stack->passing = generator_yield(&stack->generator, value);
    go_back(stack, false);
    return stack->passing;
}

struct outcome stack_await(struct outcome come)
{
    if (!outcome_is_pending(&come))
        return come;
    if (awaitable_ready(come.awaitable))
        return awaitable_take(come.awaitable);
    return stack_yield(come);
}

struct outcome stack_yield_from(struct generator *inner)
{
    struct outcome got = generator_delegate(inner, outcome_none());
    while (generator_has_yielded(inner, &got))
        got = generator_delegate(inner, stack_yield(got));
    generator_drop(inner);
    return got;
}

/* ---- making ---- */

int stack_init(struct stack *stack, struct stack_pool *pool, stack_body *body,
               const char *name)
{
    *stack = (struct stack){.body = body, .pool = pool};
    generator_init(&stack->generator, resume_stack, name);
    int error = stack_pool_take(pool, &stack->low);
    if (error)
        return error;
    sanitizer_stack_new(&stack->sanitizer, stack->low, pool->size);
    stack->context =
        stack_context_new(stack->low, pool->size, stack_main, stack);
    return 0;
}

void stack_deinit(struct stack *stack)
{
    REQUIRE(stack->generator.state != GENERATOR_RUNNING,
            "stack_deinit: not while it runs");
    if (!stack->low)
        return;
    sanitizer_stack_free(&stack->sanitizer, stack->low, stack->pool->size);
    stack_pool_give(stack->pool, stack->low);
    stack->low = NULL;
}

/* New memory is zero and a stack is used from the top, so the lowest byte that
 * is not zero shows how much was used. */
size_t stack_high_water(const struct stack *stack)
{
    const uintptr_t *word = (const uintptr_t *)(const void *)stack->low;
    const char *top = stack->low + stack->pool->size;
    while ((const char *)word < top && !*word)
        word++;
    return (size_t)(top - (const char *)word);
}
