/* SPDX-License-Identifier: MIT */
/* What must hold of stacks on a processor that is not the one of this machine:
 * plain C, so that it runs wherever a cross compiler and an emulator are. Says
 * each thing that is wrong, and then ends with 1. See aarch64_test.sh. */
#include "coroutines/stack.h"
#include "coroutines/stack_context.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static int mistakes;

static bool check(bool holds, const char *what)
{
    if (!holds) {
        printf("wrong: %s\n", what);
        mistakes++;
    }
    return holds;
}

/* ---- registers ---- */

/* What a function leaves as it has found it: x19 to x29, d8 to d15. */
enum { WHOLE = 11, FLOATING = 8, REGISTERS = WHOLE + FLOATING };

/* Puts `set` into these registers, switches, and stores in `found` what is in
 * them afterwards. Keeps those of its caller by itself: so a switch that does
 * not is noticed here, and cannot confuse the code that tells of it. */
void switch_with_registers(void **from, void *to, const uint64_t set[REGISTERS],
                           uint64_t found[REGISTERS]);

__asm__("        .text\n"
        "        .globl  switch_with_registers\n"
        "        .type   switch_with_registers, %function\n"
        "switch_with_registers:\n"
        "        stp     x29, x30, [sp, #-176]!\n"
        "        stp     x19, x20, [sp, #16]\n"
        "        stp     x21, x22, [sp, #32]\n"
        "        stp     x23, x24, [sp, #48]\n"
        "        stp     x25, x26, [sp, #64]\n"
        "        stp     x27, x28, [sp, #80]\n"
        "        stp     d8, d9, [sp, #96]\n"
        "        stp     d10, d11, [sp, #112]\n"
        "        stp     d12, d13, [sp, #128]\n"
        "        stp     d14, d15, [sp, #144]\n"
        "        str     x3, [sp, #160]\n"
        "        ldp     x19, x20, [x2]\n"
        "        ldp     x21, x22, [x2, #16]\n"
        "        ldp     x23, x24, [x2, #32]\n"
        "        ldp     x25, x26, [x2, #48]\n"
        "        ldp     x27, x28, [x2, #64]\n"
        "        ldr     x29, [x2, #80]\n"
        "        ldp     d8, d9, [x2, #88]\n"
        "        ldp     d10, d11, [x2, #104]\n"
        "        ldp     d12, d13, [x2, #120]\n"
        "        ldp     d14, d15, [x2, #136]\n"
        "        bl      stack_context_switch\n"
        "        ldr     x3, [sp, #160]\n"
        "        stp     x19, x20, [x3]\n"
        "        stp     x21, x22, [x3, #16]\n"
        "        stp     x23, x24, [x3, #32]\n"
        "        stp     x25, x26, [x3, #48]\n"
        "        stp     x27, x28, [x3, #64]\n"
        "        str     x29, [x3, #80]\n"
        "        stp     d8, d9, [x3, #88]\n"
        "        stp     d10, d11, [x3, #104]\n"
        "        stp     d12, d13, [x3, #120]\n"
        "        stp     d14, d15, [x3, #136]\n"
        "        ldp     x19, x20, [sp, #16]\n"
        "        ldp     x21, x22, [sp, #32]\n"
        "        ldp     x23, x24, [sp, #48]\n"
        "        ldp     x25, x26, [sp, #64]\n"
        "        ldp     x27, x28, [sp, #80]\n"
        "        ldp     d8, d9, [sp, #96]\n"
        "        ldp     d10, d11, [sp, #112]\n"
        "        ldp     d12, d13, [sp, #128]\n"
        "        ldp     d14, d15, [sp, #144]\n"
        "        ldp     x29, x30, [sp], #176\n"
        "        ret\n"
        "        .size   switch_with_registers, .-switch_with_registers\n");

/* Two sides that switch to and fro, each with numbers of its own. */
struct sides {
    void *context; /* of the side that does not run */
    bool aligned;  /* the new stack is */
};

static void go_over(struct sides *sides, uint64_t first, const char *side)
{
    uint64_t set[REGISTERS], found[REGISTERS];
    for (uint64_t i = 0; i < REGISTERS; i++)
        set[i] = (first << 32) + i;
    memset(found, 0, sizeof found);
    switch_with_registers(&sides->context, sides->context, set, found);
    for (int i = 0; i < REGISTERS; i++)
        if (found[i] != set[i]) {
            printf("wrong: %s is not kept %s\n",
                   (const char *[]){"x19", "x20", "x21", "x22", "x23", "x24",
                                    "x25", "x26", "x27", "x28", "x29", "d8",
                                    "d9", "d10", "d11", "d12", "d13", "d14",
                                    "d15"}[i],
                   side);
            mistakes++;
        }
}

static void other_side(void *argument)
{
    struct sides *sides = argument;
    sides->aligned = (uintptr_t)__builtin_frame_address(0) % 16 == 0;
    for (uint64_t i = 0;; i++)
        go_over(sides, 0x20000000 + i, "on a stack of its own");
}

static void registers_are_kept(void)
{
    static char memory[STACK_SIZE] __attribute__((aligned(16)));
    enum { ROUNDS = 3 };
    struct sides sides = {.aligned = false};
    sides.context =
        stack_context_new(memory, sizeof memory, other_side, &sides);
    for (int i = 0; i < ROUNDS; i++)
        go_over(&sides, 0x10000000 + (uint64_t)i, "on the thread's stack");
    check(sides.aligned, "a new stack is aligned");
}

/* ---- the engine ---- */

enum { SWITCHES = 100000, STACKS = 50, DEPTH = 20 };

static struct outcome next(struct stack *stack)
{
    return generator_send(&stack->generator, outcome_none());
}

static bool is_number(struct outcome outcome, intptr_t number)
{
    bool is = outcome.kind == &number_kind && outcome.number == number;
    outcome_drop(outcome);
    return is;
}

/* Sums in both kinds of registers, over many switches. */
static struct outcome adds_up(struct stack *self, struct outcome got)
{
    double halves = 0;
    intptr_t sum = 0;
    (void)self;
    for (intptr_t i = 0; i < SWITCHES && !outcome_is_failure(&got); i++) {
        halves += (double)i * 0.5;
        got = stack_yield(outcome_number(sum += i));
    }
    return outcome_number(halves * 2 == (double)sum ? sum : -1);
}

static void many_switches(struct stack_pool *pool)
{
    struct stack stacks[2];
    intptr_t sum = 0;
    double halves = 0;
    bool right = true;
    for (int i = 0; i < 2; i++)
        check(!stack_init(&stacks[i], pool, adds_up, "adds_up"),
              "there is memory for two stacks");
    for (intptr_t i = 0; i < SWITCHES && right; i++) {
        sum += i;
        halves += (double)i * 0.5;
        right = is_number(next(&stacks[0]), sum) &&
                is_number(next(&stacks[1]), sum) && halves * 2 == (double)sum;
    }
    check(right, "numbers outlast many switches");
    for (int i = 0; i < 2; i++) {
        check(is_number(next(&stacks[i]), sum), "the sum is returned");
        check(generator_is_over(&stacks[i].generator), "it is over then");
        stack_deinit(&stacks[i]);
    }
}

/* Yields its depth on the way down, and what it is sent goes up. */
static struct outcome deep(int depth)
{
    struct outcome got = stack_yield(outcome_number(depth));
    if (outcome_is_failure(&got) || depth == DEPTH)
        return got;
    return deep(depth + 1);
}

static struct outcome inner_body(struct stack *self, struct outcome got)
{
    (void)self, (void)got;
    return deep(1);
}

static struct outcome delegate_to(stack_body *body, struct stack_pool *pool)
{
    struct stack inner;
    if (stack_init(&inner, pool, body, "inner"))
        return outcome_failure(&failure_no_memory);
    struct outcome got = stack_yield_from(&inner.generator);
    stack_deinit(&inner);
    return got;
}

static struct outcome outer_body(struct stack *self, struct outcome got)
{
    (void)got;
    return delegate_to(inner_body, self->pool);
}

static struct outcome outermost_body(struct stack *self, struct outcome got)
{
    (void)got;
    return delegate_to(outer_body, self->pool);
}

/* A stack that delegates to one that delegates to one that yields out of a
 * recursion. */
static void nested_yield_from(struct stack_pool *pool)
{
    struct stack stack;
    bool right = true;
    check(!stack_init(&stack, pool, outermost_body, "outermost"),
          "there is memory for a stack");
    for (int i = 1; i <= DEPTH; i++)
        right &= is_number(next(&stack), i);
    check(right, "yields pass through yield from");
    check(is_number(generator_send(&stack.generator, outcome_number(42)), 42),
          "what is sent arrives at the innermost, and is returned");
    check(generator_is_over(&stack.generator), "the outermost is over then");
    stack_deinit(&stack);
}

/* An error goes in from outside, through all three stacks, and out again. */
static void error_unwinds(struct stack_pool *pool)
{
    struct stack stack;
    check(!stack_init(&stack, pool, outermost_body, "outermost"),
          "there is memory for a stack");
    for (int i = 1; i <= DEPTH / 2; i++)
        outcome_drop(next(&stack));
    struct outcome came =
        generator_send(&stack.generator, outcome_errno(-EPIPE));
    check(outcome_failed_with(&came, &system_type) &&
              came.failure->code == -EPIPE,
          "the error comes out");
    check(generator_is_over(&stack.generator), "and has ended the stack");
    outcome_drop(came);
    stack_deinit(&stack);
}

static void closing_unwinds(struct stack_pool *pool)
{
    struct stack stack;
    check(!stack_init(&stack, pool, outermost_body, "outermost"),
          "there is memory for a stack");
    outcome_drop(next(&stack));
    struct outcome came = generator_close(&stack.generator);
    check(outcome_is_none(&came), "a stack is closed without an error");
    outcome_drop(came);
    stack_deinit(&stack);
}

/* Is nothing mapped there? */
static bool is_gone(const char *low, size_t size)
{
    return msync((void *)(uintptr_t)low, size, MS_ASYNC) && errno == ENOMEM;
}

static void stacks_are_freed(struct stack_pool *pool)
{
    struct stack stacks[STACKS];
    char *lows[STACKS];
    size_t size = pool->size;
    bool gone = true, right = true;
    for (intptr_t i = 0; i < STACKS; i++) {
        check(!stack_init(&stacks[i], pool, inner_body, "inner"),
              "there is memory for each stack");
        lows[i] = stacks[i].low;
        right &= is_number(next(&stacks[i]), 1);
    }
    check(right, "many stacks are at work side by side");
    check(!is_gone(lows[0], size), "a stack in use is mapped");
    for (int i = 0; i < STACKS; i++) {
        outcome_drop(generator_close(&stacks[i].generator));
        stack_deinit(&stacks[i]);
    }
    stack_pool_deinit(pool);
    for (int i = 0; i < STACKS; i++)
        gone &= is_gone(lows[i], size);
    check(gone, "no stack is mapped when its pool is gone");
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    registers_are_kept();
    if (mistakes)
        return 1; /* nothing else can be relied on */
    struct stack_pool pool;
    stack_pool_init(&pool, 0);
    many_switches(&pool);
    nested_yield_from(&pool);
    error_unwinds(&pool);
    closing_unwinds(&pool);
    check(!stack_current(), "all of it ends on the thread's own stack");
    stacks_are_freed(&pool);
    return mistakes != 0;
}
