/* SPDX-License-Identifier: MIT */
/* Futures by the dozen, as in concurrent.futures: calls handed to an executor,
 * waiting for some of them or for all, taking them as they are completed. */
#ifndef THREADS_FUTURES_H
#define THREADS_FUTURES_H

#include "threads/executor.h"
#include "threads/future.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- submit and map ---- */

/* What is to be called on another thread: 0 with *result, or a negative errno,
 * which the future hands on as its error. */
typedef int concurrent_call(void *argument, void **result);

/* Has the executor call it. *future is a reference of yours; its result is
 * dropped with `drop` (may be NULL). 0, -ENOMEM, or what executor_submit says.
 * A future whose executor is shut down with its pending work dropped is
 * cancelled; one whose workers could not be initialised fails with that. */
int concurrent_submit(struct executor *executor, concurrent_call *call,
                      void *argument, void (*drop)(void *result),
                      struct concurrent_future **future);

/* The calls of a map, and their results in the order of the arguments. */
struct concurrent_map {
    struct concurrent_future **futures;
    size_t count;
    size_t taken;
    nanos deadline;
};

/* Submits a call for each argument, at once. `deadline` is for all of it. 0,
 * or a negative errno, and then those submitted so far have been cancelled. */
int concurrent_map_init(struct concurrent_map *map, struct executor *executor,
                        concurrent_call *call, void *const *arguments,
                        size_t count, void (*drop)(void *result),
                        nanos deadline);

/* The next call in order. 1: it is done, and *error says how: 0 with *result,
 * good until concurrent_map_deinit; whatever the call returned; or -ECANCELED.
 * 0: there are no more, because all have been given out, or an earlier one
 * failed. -ETIMEDOUT: the deadline has come first; no more after that. */
int concurrent_map_next(struct concurrent_map *map, void **result, int *error);

/* Cancels what has not begun. */
void concurrent_map_deinit(struct concurrent_map *map);

/* ---- waiting for several ---- */

enum concurrent_until {
    CONCURRENT_ALL_COMPLETED,
    CONCURRENT_FIRST_COMPLETED,
    CONCURRENT_FIRST_EXCEPTION, /* the first error; all, if there is none */
};

/* Waits until then, or the deadline. Afterwards done[i] says whether futures[i]
 * was done when the wait ended (done may be NULL). A future may be listed
 * twice. Returns how many of the list were done, or -ENOMEM. A cancelled one
 * counts once its executor knows. */
ssize_t concurrent_wait(struct concurrent_future *const *futures, size_t count,
                        enum concurrent_until until, nanos deadline,
                        bool *done);

/* Futures in the order in which they are completed. Those that are done at the
 * start come first; one that is listed twice comes once. The list is borrowed,
 * with its futures, until as_completed_free. */
struct as_completed;

/* 0 or -ENOMEM. */
int as_completed_new(struct as_completed **it,
                     struct concurrent_future *const *futures, size_t count,
                     nanos deadline);

/* The next one: 0 with *future, whose reference stays with the list; -ETIMEDOUT
 * when the deadline comes first; -ENODATA after the last one. */
int as_completed_next(struct as_completed *it,
                      struct concurrent_future **future);

void as_completed_free(struct as_completed *it);

#ifdef __cplusplus
}
#endif

#endif
