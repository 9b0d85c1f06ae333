/* SPDX-License-Identifier: MIT */
/* What a generator under a Runner yields: the yield points of Tornado 2, each
 * beside its Python.
 *
 *     CO_YIELD(gen_callback(&f->first, "a"))      gen.Callback("a")
 *     CO_YIELD(gen_wait(&f->wait, "a"))           gen.Wait("a")
 *     CO_YIELD(gen_wait_all(&f->all, keys, 2))    gen.WaitAll(["a", "b"])
 *     CO_YIELD(gen_task(&f->task, fetch, page))   gen.Task(fetch, page)
 *     CO_YIELD(gen_multi(&f->multi, points, 2))   [gen.Task(…), …]
 *
 * Each takes storage of its own, a member of the frame as a rule, and is used
 * once at a time: that of a Callback or a Task until its result was taken, even
 * if the generator has gone on before, because it was cancelled. What else is
 * given is borrowed until the generator has gone on.
 *
 * In Python a function that fails raises, and a stack context carries that to
 * the yield at which the generator happens to be. Here it calls its callback
 * with the failure, which then comes out of the Wait for it.
 */
#ifndef COROUTINES_YIELD_POINT_H
#define COROUTINES_YIELD_POINT_H

#include "coroutines/runner.h"

#ifdef __cplusplus
extern "C" {
#endif

struct callback_point {
    struct yield_point point;
    const char *key;
    struct runner_callback callback;
};

/* A new callback, &point->callback, which is also what the yield gives, as a
 * borrowed pointer. It is to be called once, and a Wait for its key gets what
 * it was called with. KeyReuseError while there is another one of this key. */
struct outcome gen_callback(struct callback_point *point, const char *key);

struct wait_point {
    struct yield_point point;
    struct runner *runner;
    const char *key;
};

/* Waits until the callback of this key has been called. UnknownKeyError if
 * there is none. */
struct outcome gen_wait(struct wait_point *point, const char *key);

struct wait_all_point {
    struct yield_point point;
    struct runner *runner;
    const char *const *keys;
    size_t count, ready; /* how many of the first ones are ready */
};

/* Waits for all of them: a list_kind (deferreds/list.h) of the results, in the
 * order of the keys; or the first failure among them. */
struct outcome gen_wait_all(struct wait_all_point *point,
                            const char *const *keys, size_t count);

/* A function that takes its time. */
typedef void gen_function(void *context, struct runner_callback *callback);

struct task_point {
    struct yield_point point;
    gen_function *function;
    void *context;
    struct runner_callback callback;
};

/* Calls the function with a new callback, and waits until that is called: a
 * Callback and its Wait in one, with a key that no other code can have. */
struct outcome gen_task(struct task_point *point, gen_function *function,
                        void *context);

struct multi_point {
    struct yield_point point;
    const struct outcome *children;
    size_t count, ready; /* how many of the first ones are ready */
};

/* Starts them all, and waits for all of them: a list_kind of the results, in
 * order; or the first failure among them. The children are what the functions
 * above have returned; others are BadYieldError. */
struct outcome gen_multi(struct multi_point *point,
                         const struct outcome *children, size_t count);

#ifdef __cplusplus
}
#endif

#endif
