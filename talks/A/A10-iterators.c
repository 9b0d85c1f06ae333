/* SPDX-License-Identifier: MIT */
/* A10 (coroutines): A loop asks an iterator for one item after another
 *
 * An iterator is whatever can be asked for its next item, and says when there
 * is none. A list hands out a new one to each loop, so that two loops over it
 * may be under way at a time.
 *
 * Python: for i in mylist, __iter__ and __next__. */
#include "talks/talk.h"

const char *const talk_sites[] = {NULL};

struct iterator {
    bool (*next)(struct iterator *self, int *item); /* false: no more */
    const int *items;
    size_t left;
};

static bool list_next(struct iterator *self, int *item)
{
    if (self->left == 0)
        return false;
    self->left--;
    *item = *self->items++;
    return true;
}

static struct iterator iterate(const int *items, size_t count)
{
    return (struct iterator){list_next, items, count};
}

int talk_run(struct talk *talk)
{
    const int list[] = {1, 2, 3};
    struct iterator outer = iterate(list, 3), inner;
    (void)talk;
    for (int i, j; outer.next(&outer, &i); printf("\n")) {
        inner = iterate(list, 3);
        while (inner.next(&inner, &j))
            printf("%d*%d ", i, j);
    }
    return 0;
}
