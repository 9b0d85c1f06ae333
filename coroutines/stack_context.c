/* SPDX-License-Identifier: MIT */
/* A new stack looks as if it had been left in stack_context_switch by a
 * function that is about to begin: see stack_switch.S. */
#include "coroutines/stack_context.h"

#include <stdint.h>
#include <string.h>

/* Calls the function in one saved register with the argument in another. */
void stack_context_begin(void);

void *stack_context_new(char *low, size_t size, void (*begin)(void *argument),
                        void *argument)
{
    uintptr_t *top = (uintptr_t *)(void *)(low + size);
#if defined(__x86_64__)
    /* Two words above all of it, so that the stack is aligned as at a call. */
    enum { R15, R14, R13, R12, RBX, RBP, RIP, WORDS = RIP + 1 + 2 };
    top -= WORDS;
    memset(top, 0, WORDS * sizeof *top);
    top[R12] = (uintptr_t)argument;
    top[R13] = (uintptr_t)begin;
    top[RIP] = (uintptr_t)stack_context_begin;
#elif defined(__aarch64__)
    enum { X29, X30, X19, X20, WORDS = 20 };
    top -= WORDS;
    memset(top, 0, WORDS * sizeof *top);
    top[X30] = (uintptr_t)stack_context_begin;
    top[X19] = (uintptr_t)argument;
    top[X20] = (uintptr_t)begin;
#endif
    return top;
}
