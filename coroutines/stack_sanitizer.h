/* SPDX-License-Identifier: MIT */
/* All that the sanitizers are told of stacks. Without sanitizers these
 * functions are empty.
 *
 * The address sanitizer wants to know before and after each switch which stack
 * it is on, the thread sanitizer which thread of control; and the leak
 * sanitizer looks for pointers on stacks that it has been told of. */
#ifndef COROUTINES_STACK_SANITIZER_H
#define COROUTINES_STACK_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__has_feature)
#define STACK_HAS(feature) __has_feature(feature)
#else
#define STACK_HAS(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || STACK_HAS(address_sanitizer)
#define STACK_WITH_ASAN 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#if defined(__SANITIZE_THREAD__) || STACK_HAS(thread_sanitizer)
#define STACK_WITH_TSAN 1
#include <sanitizer/tsan_interface.h>
#endif

/* Always inline: the thread sanitizer keeps the functions of each thread of
 * control on a list, and a function that begins on one and ends on another
 * would be missing from one list and too many on the other. */
#define STACK_ANNOTATION static inline __attribute__((always_inline))

/* For one stack, or for the thread that resumes it. */
struct stack_sanitizer {
#ifdef STACK_WITH_ASAN
    const void *bottom; /* of the stack to return to */
    size_t size;
    void *fake; /* the frames that the sanitizer keeps elsewhere */
#endif
#ifdef STACK_WITH_TSAN
    void *fiber, *back;
#endif
    char none; /* a C struct must have a member */
};

STACK_ANNOTATION void sanitizer_stack_new(struct stack_sanitizer *stack,
                                          const char *low, size_t size)
{
    (void)stack, (void)low, (void)size;
#ifdef STACK_WITH_ASAN
    __lsan_register_root_region(low, size);
#endif
#ifdef STACK_WITH_TSAN
    stack->fiber = __tsan_create_fiber(0);
#endif
}

STACK_ANNOTATION void sanitizer_stack_free(struct stack_sanitizer *stack,
                                           const char *low, size_t size)
{
    (void)stack, (void)low, (void)size;
#ifdef STACK_WITH_ASAN
    /* Frames that were left for good are still marked in this memory. */
    __asan_unpoison_memory_region(low, size);
    __lsan_unregister_root_region(low, size);
#endif
#ifdef STACK_WITH_TSAN
    __tsan_destroy_fiber(stack->fiber);
#endif
}

/* Called on the stack that resumes: before the switch, and after it has
 * returned. */
STACK_ANNOTATION void *sanitizer_go(struct stack_sanitizer *stack,
                                    const char *low, size_t size)
{
    void *fake = NULL;
    (void)stack, (void)low, (void)size;
#ifdef STACK_WITH_ASAN
    __sanitizer_start_switch_fiber(&fake, low, size);
#endif
#ifdef STACK_WITH_TSAN
    stack->back = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(stack->fiber, 0);
#endif
    return fake;
}

STACK_ANNOTATION void sanitizer_is_back(void *fake)
{
    (void)fake;
#ifdef STACK_WITH_ASAN
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
}

/* Called on the stack that is resumed: when it goes on, and before it switches
 * back. */
STACK_ANNOTATION void sanitizer_goes_on(struct stack_sanitizer *stack,
                                        bool first)
{
    (void)stack, (void)first;
#ifdef STACK_WITH_ASAN
    __sanitizer_finish_switch_fiber(first ? NULL : stack->fake, &stack->bottom,
                                    &stack->size);
#endif
}

STACK_ANNOTATION void sanitizer_go_back(struct stack_sanitizer *stack,
                                        bool for_good)
{
    (void)stack, (void)for_good;
#ifdef STACK_WITH_ASAN
    __sanitizer_start_switch_fiber(for_good ? NULL : &stack->fake,
                                   stack->bottom, stack->size);
#endif
#ifdef STACK_WITH_TSAN
    __tsan_switch_to_fiber(stack->back, 0);
#endif
}

#endif
