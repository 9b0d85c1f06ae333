/* SPDX-License-Identifier: MIT */
/* A result that is not there yet, between threads: concurrent.futures.Future,
 * with its states and its rules.
 *
 *     PENDING ── set_running ──> RUNNING ── set_result, set_error ──> FINISHED
 *        └── cancel ──> CANCELLED ── set_running ──> CANCELLED_AND_NOTIFIED
 *
 * The code that promised the result holds one reference, the code that waits
 * for it another. Any thread may call anything here. (The loop has futures of
 * its own, without locks: those are asyncio's.)
 */
#ifndef THREADS_FUTURE_H
#define THREADS_FUTURE_H

#include "base/nanos.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum concurrent_future_state {
    CONCURRENT_PENDING,
    CONCURRENT_RUNNING,
    CONCURRENT_CANCELLED, /* and its worker has not seen that yet */
    CONCURRENT_CANCELLED_AND_NOTIFIED,
    CONCURRENT_FINISHED,
};

struct concurrent_future;

/* Called once, when the future is done. It belongs to its caller until then,
 * and may be freed by its own call. */
struct done_callback {
    void (*call)(struct done_callback *self, struct concurrent_future *future);
    struct done_callback *next; /* the future's */
};

struct concurrent_future {
    /* The lock must be held for these; inspectors may read. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t references;
    enum concurrent_future_state state;
    void *result;
    int error; /* 0, or the negative errno in place of an exception */
    void (*drop)(void *result);
    struct done_callback *callbacks, **last_callback;
    struct future_watch *watches; /* of code that waits for it: futures.h */
};

/* Pending, with one reference, which is yours. NULL when out of memory. */
struct concurrent_future *concurrent_future_new(void);

struct concurrent_future *
concurrent_future_ref(struct concurrent_future *future);

/* The last one drops the result. NULL is harmless. */
void concurrent_future_unref(struct concurrent_future *future);

/* ---- for code that waits ---- */

/* True when it is, or was already, cancelled; false once it runs or has
 * finished. Calls the callbacks. */
bool concurrent_future_cancel(struct concurrent_future *future);

bool concurrent_future_cancelled(struct concurrent_future *future);
bool concurrent_future_running(struct concurrent_future *future);
/* Cancelled or finished. */
bool concurrent_future_done(struct concurrent_future *future);

/* Waits until it is done, no longer than until `deadline` (a moment of the
 * monotonic clock; 0: does not wait; NEVER). Returns 0 with *result, which the
 * future owns and keeps; the error that it finished with; -ECANCELED; or
 * -ETIMEDOUT. `result` may be NULL. As with an exception, the error does not
 * show whether the work or the wait has failed: concurrent_future_error tells
 * the two apart. */
int concurrent_future_result(struct concurrent_future *future, void **result,
                             nanos deadline);

/* The same wait, when an error is an answer, too: 0 when the work was done, and
 * *error is what it ended with, 0 for a result; or why there is none:
 * -ECANCELED or -ETIMEDOUT. */
int concurrent_future_error(struct concurrent_future *future, int *error,
                            nanos deadline);

/* Called in the order in which they were added, by the thread that finishes or
 * cancels the future; at once, and here, when it is done already. */
void concurrent_future_add_done_callback(struct concurrent_future *future,
                                         struct done_callback *callback);

/* ---- for code that promised the result ---- */

/* Before the work begins: true, and it runs; or false, it has been cancelled:
 * do not begin. */
bool concurrent_future_set_running(struct concurrent_future *future);

/* Finishes it. The result is the future's from now on, dropped with `drop`
 * (NULL: not at all) at the end. 0, or -EALREADY when it is done already, and
 * the result is still yours. */
int concurrent_future_set_result(struct concurrent_future *future, void *result,
                                 void (*drop)(void *result));
int concurrent_future_set_error(struct concurrent_future *future,
                                int negative_errno);

#ifdef __cplusplus
}
#endif

#endif
