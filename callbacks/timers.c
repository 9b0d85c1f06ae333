/* SPDX-License-Identifier: MIT */
#include "callbacks/timers.h"

#include <errno.h>
#include <stdlib.h>

void timers_deinit(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){0};
}

int timers_reserve(struct timers *timers)
{
    if (timers->count < timers->capacity)
        return 0;
    size_t capacity = timers->capacity ? 2 * timers->capacity : 64;
    struct handle **heap = realloc(timers->heap, capacity * sizeof *heap);
    if (!heap)
        return -ENOMEM;
    timers->heap = heap;
    timers->capacity = capacity;
    return 0;
}

static bool is_before(const struct handle *a, const struct handle *b)
{
    return a->when != b->when ? a->when < b->when : a->sequence < b->sequence;
}

static void put(struct timers *timers, size_t place, struct handle *handle)
{
    timers->heap[place] = handle;
    handle->place = place;
}

/* Finds a handle's place between `place` and the top; later ones move down. */
static void rise(struct timers *timers, size_t place, struct handle *handle)
{
    while (place > 0) {
        size_t parent = (place - 1) / 2;
        if (!is_before(handle, timers->heap[parent]))
            break;
        put(timers, place, timers->heap[parent]);
        place = parent;
    }
    put(timers, place, handle);
}

/* The earlier one of the two below `place`; `count` where there is none. */
static size_t earlier_child(const struct timers *timers, size_t place)
{
    size_t child = 2 * place + 1;
    if (child >= timers->count)
        return timers->count;
    if (child + 1 < timers->count &&
        is_before(timers->heap[child + 1], timers->heap[child]))
        return child + 1;
    return child;
}

/* Finds a handle's place at or below `place`; earlier ones move up. */
static void sink(struct timers *timers, size_t place, struct handle *handle)
{
    for (;;) {
        size_t child = earlier_child(timers, place);
        if (child == timers->count || is_before(handle, timers->heap[child]))
            break;
        put(timers, place, timers->heap[child]);
        place = child;
    }
    put(timers, place, handle);
}

void timers_set(struct timers *timers, struct handle *handle, nanos when)
{
    handle->state = HANDLE_TIMED;
    handle->when = when;
    handle->sequence = timers->sequence++;
    rise(timers, timers->count++, handle);
}

void timers_remove(struct timers *timers, struct handle *handle)
{
    struct handle *last = timers->heap[--timers->count];
    size_t gap = handle->place;
    handle->state = HANDLE_IDLE;
    if (last == handle)
        return;
    if (is_before(last, handle))
        rise(timers, gap, last);
    else
        sink(timers, gap, last);
}
