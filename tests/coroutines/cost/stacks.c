/* SPDX-License-Identifier: MIT */
/* To other code that has a stack of its own, and back. */
#include "base/contract.h"
#include "coroutines/stack.h"
#include "coroutines/stack_context.h"
#include "costs.h"

#include <pthread.h>

/* ---- switches, with nothing around them ---- */

/* The two take turns for ever. */
struct other {
    void *context; /* of the one that does not run */
    struct stack_sanitizer sanitizer;
};

typedef void *context_new(char *low, size_t size, void (*begin)(void *argument),
                          void *argument);
typedef void go(void **from, void *to);

/* stack_ucontext.c under other names: it takes the place of the assembly where
 * there is none, and here it is beside it. */
context_new ucontext_new;
go ucontext_switch;

/* Both are inlined where `over` is known: a switch is a direct call. */
static inline void come_back(struct other *other, go *over)
{
    sanitizer_goes_on(&other->sanitizer, true);
    for (;;) {
        sanitizer_go_back(&other->sanitizer, false);
        over(&other->context, other->context);
        sanitizer_goes_on(&other->sanitizer, false);
    }
}

static inline void go_there(struct other *other, go *over, char *low,
                            long times)
{
    while (times--) {
        void *fake = sanitizer_go(&other->sanitizer, low, STACK_SIZE);
        over(&other->context, other->context);
        sanitizer_is_back(fake);
    }
}

static void other_of_switch(void *argument)
{
    come_back(argument, stack_context_switch);
}

static void other_of_ucontext(void *argument)
{
    come_back(argument, ucontext_switch);
}

/* Inlined, too. */
static inline void take_turns(context_new *make, void (*begin)(void *argument),
                              go *over, long times)
{
    struct stack_pool pool;
    struct other other;
    char *low;
    stack_pool_init(&pool, STACK_SIZE);
    REQUIRE(stack_pool_take(&pool, &low) == 0, "there is memory for a stack");
    sanitizer_stack_new(&other.sanitizer, low, STACK_SIZE);
    other.context = make(low, STACK_SIZE, begin, &other);
    go_there(&other, over, low, times);
    sanitizer_stack_free(&other.sanitizer, low, STACK_SIZE);
    stack_pool_give(&pool, low);
    stack_pool_deinit(&pool);
}

void cost_of_stack_switch(long times)
{
    take_turns(stack_context_new, other_of_switch, stack_context_switch, times);
}

void cost_of_ucontext(long times)
{
    take_turns(ucontext_new, other_of_ucontext, ucontext_switch, times);
}

/* ---- a generator ---- */

static struct outcome yielding(struct stack *self, struct outcome got)
{
    (void)self;
    while (!outcome_is_failure(&got))
        got = stack_yield(outcome_none());
    return got;
}

void cost_of_stack(long times)
{
    struct stack_pool pool;
    struct stack stack;
    struct outcome value;
    stack_pool_init(&pool, STACK_SIZE);
    REQUIRE(stack_init(&stack, &pool, yielding, "yielding") == 0,
            "there is memory for a stack");
    while (times--)
        (void)generator_next(&stack.generator, &value);
    generator_drop(&stack.generator);
    stack_deinit(&stack);
    stack_pool_deinit(&pool);
}

/* ---- threads ---- */

/* At any time one of the two waits. */
struct baton {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool there;
    long left;
};

static void pass_to(struct baton *baton, bool there)
{
    baton->there = there;
    pthread_cond_signal(&baton->moved);
}

static void wait_until(struct baton *baton, bool there)
{
    while (baton->there != there)
        pthread_cond_wait(&baton->moved, &baton->lock);
}

static void *other_thread(void *argument)
{
    struct baton *baton = argument;
    pthread_mutex_lock(&baton->lock);
    for (long left = baton->left; left--;) {
        wait_until(baton, true);
        pass_to(baton, false);
    }
    pthread_mutex_unlock(&baton->lock);
    return NULL;
}

void cost_of_hand_over(long times)
{
    struct baton baton = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
                          .left = times * HAND_OVERS};
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, other_thread, &baton) == 0,
            "there is memory for a thread");
    pthread_mutex_lock(&baton.lock);
    for (long left = times * HAND_OVERS; left--;) {
        pass_to(&baton, true);
        wait_until(&baton, false);
    }
    pthread_mutex_unlock(&baton.lock);
    pthread_join(thread, NULL);
    pthread_cond_destroy(&baton.moved);
    pthread_mutex_destroy(&baton.lock);
}
