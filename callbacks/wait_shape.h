/* SPDX-License-Identifier: MIT */
/* The layout of each awaitable, so that `./lab ps` can go from a Task down to
 * the descriptor or the timer. As with handle_name.h, the linker gathers a
 * table. Another process reads it, so it has no code, only the offsets of
 * members.
 *
 *     static const struct awaitable_ops sleep_ops = {...};
 *     WAIT_SHAPE(sleep_ops, "sleep", struct sleep, awaitable,
 *                WAIT_PART(WAIT_TIMER, struct sleep, timer));
 *
 * The other way round, the shape of a handle's function says what goes on when
 * the loop calls it.
 */
#ifndef CALLBACKS_WAIT_SHAPE_H
#define CALLBACKS_WAIT_SHAPE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum wait_part_kind {
    WAIT_NOTHING,

    /* what it waits for */
    WAIT_TIMER,     /* a struct handle that is timed or ready */
    WAIT_WATCH,     /* a struct watch */
    WAIT_WATCH_AT,  /* a pointer to one; NULL: none */
    WAIT_TEXT,      /* a const char *: more about it */
    WAIT_TEXTS,     /* a pointer to an array of those */
    WAIT_FUNCTION,  /* a pointer to the function that does it */
    WAIT_GENERATOR, /* a struct generator *: it is what goes on */
    WAIT_ON,        /* a pointer to what has a shape of its own, or is an
                     * awaitable: it waits for that in turn; NULL: for none */
    WAIT_BY,        /* the same, but that is merely the way by which it comes: a
                     * transport, work on a thread */
    WAIT_SEVERAL,   /* a pointer to an array; each element has such a pointer */
    WAIT_SEVERAL_IN, /* the array itself */
    WAIT_UNLESS,     /* a bool: it need not wait any more */

    /* what goes on when a handle is called, or a protocol told */
    WAIT_FIRES,  /* a struct deferred */
    WAIT_COMES,  /* a struct moment */
    WAIT_ENDS,   /* a struct future */
    WAIT_CALLS,  /* a struct runner_callback * */
    WAIT_RUNNER, /* a struct runner * */
    WAIT_TELLS,  /* a pointer to what has a shape of its own */
};

struct wait_part {
    enum wait_part_kind kind;
    size_t offset;         /* in the whole */
    size_t count;          /* of an array: where a size_t has its size, ... */
    size_t stride, member; /* ... the size of an element, and where in that the
                            * pointer is */
};

#define WAIT_PART(kind, type, member)                                          \
    {                                                                          \
        kind, offsetof(type, member), 0, 0, 0                                  \
    }

enum { WAIT_PARTS_MAX = 5 };

struct wait_shape {
    /* What identifies a thing of this kind. As a rule it is the pointer with
     * which the thing begins: to its ops, or to the function that is run. For a
     * Future and a Deferred it is its release, canceller or cancel. */
    union {
        const void *object;
        void (*function)(void);
    } key;
    const char *name;
    size_t member; /* where in the whole the thing is that has the key */
    struct wait_part parts[WAIT_PARTS_MAX];
};

/* At file scope. `key` is an object ... */
#define WAIT_SHAPE(key, name, type, member, ...)                               \
    WAIT_SHAPE_OF(key, {.object = &(key)}, name, type, member, __VA_ARGS__)
/* ... or a function. */
#define WAIT_SHAPE_BY(key, name, type, member, ...)                            \
    WAIT_SHAPE_OF(key, {.function = (void (*)(void))(key)}, name, type,        \
                  member, __VA_ARGS__)

#define WAIT_SHAPE_OF(id, key, name, type, member, ...)                        \
    static const struct wait_shape id##_shape = {                              \
        key, name, offsetof(type, member), {__VA_ARGS__}};                     \
    static const struct wait_shape *const id##_shape_entry                     \
        __attribute__((used, section("wait_shapes"))) = &id##_shape

#ifdef __cplusplus
}
#endif

#endif
