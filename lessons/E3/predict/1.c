/* SPDX-License-Identifier: MIT */
/* A million squares: by an iterator, and in a list. */
#include "lessons/E3/frames.h"

#include <stdio.h>

enum { COUNT = 1000000 };

static bool next(struct iterator *iterator, intptr_t *value)
{
    struct squares *self = container_of(iterator, struct squares, iterator);
    if (self->i >= self->count)
        return false;
    *value = self->i * self->i;
    self->i++;
    return true;
}

int main(void)
{
    struct squares squares = {{next}, 0, COUNT};
    intptr_t value = 0;
    long steps = 0;
    while (squares.iterator.next(&squares.iterator, &value))
        steps++;
    printf("%ld squares, the last one is %lld\n", steps, (long long)value);
    printf("  the iterator has %8zu bytes\n", sizeof squares);
    printf("  a list would have %7zu\n", COUNT * sizeof value);
    return 0;
}
