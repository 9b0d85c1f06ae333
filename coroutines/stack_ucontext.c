/* SPDX-License-Identifier: MIT */
/* The same by POSIX, for processors that stack_switch.S does not support. */
#include "coroutines/stack_context.h"

#include <stdint.h>
#include <ucontext.h>

/* At the top of a new stack. */
struct first {
    ucontext_t context;
    void (*begin)(void *argument);
    void *argument;
};

/* makecontext passes only ints, so the pointer is split into two. */
static void enter(unsigned high, unsigned low)
{
    uintptr_t word = (uintptr_t)high << 16 << 16 | low;
    struct first *first = (struct first *)word;
    first->begin(first->argument);
}

void *stack_context_new(char *low, size_t size, void (*begin)(void *argument),
                        void *argument)
{
    size_t rest = (size - sizeof(struct first)) & ~(size_t)63;
    struct first *first = (struct first *)(void *)(low + rest);
    uintptr_t word = (uintptr_t)first;
    first->begin = begin;
    first->argument = argument;
    getcontext(&first->context);
    first->context.uc_link = NULL;
    first->context.uc_stack.ss_sp = low;
    first->context.uc_stack.ss_size = rest;
    makecontext(&first->context, (void (*)(void))enter, 2,
                (unsigned)(word >> 16 >> 16), (unsigned)word);
    return &first->context;
}

/* The context of a stack is kept on that stack, where it stays until it goes
 * on. */
void stack_context_switch(void **from, void *to)
{
    ucontext_t mine;
    *from = &mine;
    swapcontext(&mine, to);
}
