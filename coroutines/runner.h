/* SPDX-License-Identifier: MIT */
/* Resumes a generator by callbacks. Episode 3; gen.engine of Tornado 2 with its
 * Runner, and with their rules (TG1 to TG6 in the tests).
 *
 *     runner_start    runs the generator to its first yield, at once
 *     it yields       a yield point (yield_point.h): that is started, and the
 *                     generator goes on with its result when there is one
 *     it is called    runner_call: a callback has a result, and the Runner
 *                     looks whether that is enough to go on with
 *     it ends         ended(): with what it has returned or failed with
 *
 * A function that takes its time is given a callback, and calls it once with
 * its outcome. It may do so at once, inside the call that began it: then the
 * generator goes on when that call has returned. A failure comes out of the
 * yield that waits for it.
 *
 * A generator is resumed inside the call of a callback, not in a later turn of
 * the loop; if it waits only for callbacks it needs no loop. That is one
 * difference from a Task; the other is that Tasks can wait for each other.
 *
 * The functions above the line "beside the core" are the core, runner.c: lesson
 * E3 puts the learner's in its place. A Runner belongs to one thread.
 */
#ifndef COROUTINES_RUNNER_H
#define COROUTINES_RUNNER_H

#include "callbacks/awaitable.h"
#include "coroutines/generator.h"

#ifdef __cplusplus
extern "C" {
#endif

struct runner;
struct yield_point;

/* What a Runner does with what it waits for (TG1). */
struct yield_point_ops {
    /* Called when it has been yielded. Returns None, or a failure, which comes
     * out of the yield. */
    struct outcome (*start)(struct yield_point *self, struct runner *runner);

    /* Is there a result, or a failure? */
    bool (*is_ready)(const struct yield_point *self);

    /* Returns the result, which is the caller's. Once, and only when ready. */
    struct outcome (*get_result)(struct yield_point *self);
};

/* Embedded in whatever can be waited for. It is borrowed: its storage lasts
 * until the generator has gone on. */
struct yield_point {
    const struct yield_point_ops *ops;
};

extern const struct kind yield_point_kind; /* .pointer: a struct yield_point */

/* A function to be called, and what it was called with. The storage is the
 * caller's, and lasts until the callback has been called, or until nothing can
 * call it any more. */
struct runner_callback {
    /* the Runner's; inspectors may read */
    struct runner *runner; /* NULL: the result was taken, or the generator is
                              over; what comes then is dropped (TG6) */
    const char *key;       /* NULL: of a Task, which needs none */
    struct outcome result; /* once it has been called */
    struct runner_callback *next, *previous;
    bool called;
};

/* An awaitable as a yield point. */
struct await_point {
    struct yield_point point;
    struct runner *runner;
    struct awaitable *awaitable; /* NULL: none */
    struct handle handle;
    bool waits; /* the handle is waiting */
};

struct runner {
    /* yours; see runner_start */
    void (*ended)(struct runner *self, struct outcome outcome);

    /* beside the core; all zero at first */
    struct runner_callback *pending; /* registered, and the result not taken */

    /* the core's; inspectors may read */
    struct generator *generator; /* NULL: it is over */
    struct yield_point *point;   /* what it waits for; NULL: it is new */
    struct outcome thrown;       /* a failure that goes into it next */
    struct await_point await;    /* when that is an awaitable */
    bool running;                /* the generator, inside runner_run */
    bool had_failure;            /* one was thrown into it (TG4) */
};

/* ---- the core ---- */

/* Takes over the generator, and runs it to its first wait. `ended` is called
 * once, as the last thing that the Runner does, maybe in here: it is given what
 * the generator returned or failed with, or LeakedCallbackError. The storage is
 * the caller's until then, and may be used again in there. */
void runner_start(struct runner *runner, struct generator *generator,
                  void (*ended)(struct runner *self, struct outcome outcome));

/* Resumes the generator, as far as there are results for it. Harmless while it
 * runs, and when it is over (TG2). For yield points; other code uses
 * runner_call. */
void runner_run(struct runner *runner);

/* CancelledError comes out of the yield at which the generator is, and may be
 * caught. False: it is over, or it is running. Callbacks stay registered; what
 * they are called with later is dropped once the generator is over. */
bool runner_cancel(struct runner *runner);

/* Ends a Runner that will not be resumed any more: closes its generator,
 * without calling ended(). Harmless on one that is over. Contract: not from
 * inside the generator. */
void runner_close(struct runner *runner);

/* ---- beside the core ---- */

/* Says that the function that takes its time is done. The result is taken over,
 * and is not pending; None means a call without arguments (TG5). */
void runner_call(struct runner_callback *callback, struct outcome result);

/* Registers a callback. The key is borrowed; if another callback has it whose
 * result was not taken, this is a KeyReuseError. NULL: no key. None or a
 * failure. */
OUTCOME_OWNED struct outcome runner_register(struct runner *runner,
                                             struct runner_callback *callback,
                                             const char *key);

/* The callback registered under this key, or NULL. */
struct runner_callback *runner_find(const struct runner *runner,
                                    const char *key);

/* Takes its result; the key is free again. Contract: it has been called. */
OUTCOME_OWNED struct outcome runner_pop(struct runner_callback *callback);

/* For the core, when its generator is over: drops the results of the callbacks
 * that are left, also those that are still to come. */
void runner_drop_callbacks(struct runner *runner);

/* For the core, when its generator has ended with `came`, and no failure was
 * thrown into it: returns that, or LeakedCallbackError in the place of a value
 * if a callback is left. */
OUTCOME_OWNED struct outcome runner_check_callbacks(const struct runner *runner,
                                                    struct outcome came);

/* A broken rule is a failure at the yield (TG4); for the third of these, at the
 * end. */
extern const struct failure_type key_reuse_type;       /* KeyReuseError */
extern const struct failure_type unknown_key_type;     /* UnknownKeyError */
extern const struct failure_type leaked_callback_type; /* LeakedCallbackError */
extern const struct failure_type bad_yield_type;       /* BadYieldError */

/* For the core: whatever is awaitable may be yielded, too. It is taken over. */
struct yield_point *await_point_init(struct await_point *point,
                                     struct awaitable *awaitable);

/* Stops waiting for it, if it was waited for. */
void await_point_leave(struct await_point *point);

/* Two arguments or more (TG5: Tornado's Arguments): a list_kind
 * (deferreds/list.h) of them, which are taken over. */
void runner_call_with(struct runner_callback *callback, size_t count,
                      const struct outcome *arguments);

#ifdef __cplusplus
}
#endif

#endif
