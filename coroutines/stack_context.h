/* SPDX-License-Identifier: MIT */
/* Switching from one stack to another: all that depends on the processor.
 * stack_context.c and stack_switch.S have it for x86-64 and aarch64,
 * stack_ucontext.c for all others, twenty times as slow: swapcontext makes a
 * system call each time. */
#ifndef COROUTINES_STACK_CONTEXT_H
#define COROUTINES_STACK_CONTEXT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the context of a new stack: the first switch to it calls
 * begin(argument), which must not return. It is kept on the stack itself. */
void *stack_context_new(char *low, size_t size, void (*begin)(void *argument),
                        void *argument);

/* Leaves this stack, saves in *from where it goes on, and goes on at `to`. */
void stack_context_switch(void **from, void *to);

#ifdef __cplusplus
}
#endif

#endif
