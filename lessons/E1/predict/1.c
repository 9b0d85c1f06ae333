/* SPDX-License-Identifier: MIT */
/* Two closures over one function: a is called twice, then b. */
#include <stdio.h>

struct counter {
    const char *name;
    int calls;
};

static void count(void *context)
{
    static int in_static;
    struct counter *self = context;
    in_static++;
    self->calls++;
    printf("%s: %d in the static variable, %d in the context\n", self->name,
           in_static, self->calls);
}

struct closure {
    void (*fn)(void *context);
    void *context;
};

static void call(struct closure closure)
{
    closure.fn(closure.context);
}

int main(void)
{
    struct counter a = {"a", 0}, b = {"b", 0};
    call((struct closure){count, &a});
    call((struct closure){count, &a});
    call((struct closure){count, &b});
    return 0;
}
