/* SPDX-License-Identifier: MIT */
/* The layout of each awaitable, so that `./lab ps` can go from a Task down to
 * the descriptor or the timer. As with handle_name.h, the linker gathers a
 * table. Another process reads it, so it has no code, only the offsets of
 * members.
 *
 *     static const struct awaitable_ops sleep_ops = {...};
 *     WAIT_SHAPE(sleep_ops, "sleep", struct sleep, awaitable,
 *                {WAIT_TIMER, offsetof(struct sleep, timer)});
 */
#ifndef CALLBACKS_WAIT_SHAPE_H
#define CALLBACKS_WAIT_SHAPE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum wait_part_kind {
    WAIT_NOTHING,
    WAIT_TIMER,     /* a struct handle that is timed or ready */
    WAIT_WATCH,     /* a struct watch */
    WAIT_TEXT,      /* a const char *: more about it */
    WAIT_GENERATOR, /* a struct generator *: it is what goes on */
    WAIT_AWAITABLE, /* a struct awaitable * that is waited for in turn */
    WAIT_DEFERRED,  /* a struct deferred, which the thing fires */
    WAIT_FRAME,     /* a struct generator that it moves on */
    WAIT_FUTURES,   /* a pointer to an array; each element has a Future * */
};

struct wait_part {
    enum wait_part_kind kind;
    size_t offset;         /* in the whole */
    size_t count;          /* of WAIT_FUTURES: where a size_t has their number,
                            * ... */
    size_t stride, member; /* ... their size, and where the pointer is in it */
};

enum { WAIT_PARTS_MAX = 4 };

struct wait_shape {
    /* What a thing of this kind can be told by: the address of its ops; or a
     * function that it has, its release or canceller; or, of a generator or a
     * handle, the function that is run. */
    union {
        const void *object;
        void (*function)(void);
    } key;
    const char *name;
    size_t member; /* where in the whole the thing stands that has the key */
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
