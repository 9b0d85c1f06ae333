/* SPDX-License-Identifier: MIT */
/* A9 (base): Functions as values, closures, decorators
 *
 * A function can be handed on like any other value; a closure takes along what
 * it needs, here in a struct with the pointer to the function. A decorator is a
 * closure around another one, and tells of each call.
 *
 * Python: def outer(fn), def inner(*args), return inner; and @outer. */
#include "talks/talk.h"

const char *const talk_sites[] = {NULL};

struct closure {
    int (*call)(const struct closure *self, int x);
    const char *name;
    const void *context; /* what it takes along */
};

static int add(const struct closure *self, int x)
{
    return x + *(const int *)self->context;
}

static int tell_and_call(const struct closure *self, int x)
{
    const struct closure *fn = self->context;
    printf("Calling %s\n", fn->name);
    return fn->call(fn, x);
}

static void repeat(const struct closure *fn, int times)
{
    for (int i = 0; i < times; i++)
        printf("%d\n", fn->call(fn, 42));
}

int talk_run(struct talk *talk)
{
    const struct closure add_one = {add, "add_one", &(int){1}};
    const struct closure decorated = {tell_and_call, "decorated", &add_one};
    (void)talk;
    repeat(&add_one, 1);
    repeat(&decorated, 2);
    return 0;
}
