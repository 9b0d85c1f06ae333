/* SPDX-License-Identifier: MIT */
/* Calls that are made in other processes, with futures for what they return:
 * ProcessPoolExecutor, and what multiprocessing.Pool has beyond it.
 *
 * It is the pool of processes/pool/worker_pool.h with a thread that does the
 * waiting. So workers are forked from a program with several threads. What that
 * means for them is said in processes/child.h. Any thread may call anything
 * here.
 *
 * Where it differs from ProcessPoolExecutor: a worker that dies breaks its own
 * job (-EOWNERDEAD), not the pool; it is replaced, as in multiprocessing.Pool.
 */
#ifndef PROCESSES_EXECUTOR_H
#define PROCESSES_EXECUTOR_H

#include "processes/pool/worker_pool.h"
#include "threads/future.h"

#ifdef __cplusplus
extern "C" {
#endif

struct process_executor;

struct process_executor_options {
    size_t workers;         /* the most that will be forked; at least 1 */
    size_t capacity;        /* how many calls may wait; 0: any number */
    size_t jobs_per_worker; /* then it is replaced by a fresh one; 0: never */
    int (*initialise)(void *context); /* in each new worker; may be NULL. Its
                                       * error breaks the executor: every call
                                       * ends with it */
    void *context; /* for it and for the calls; each worker has a copy */
};

/* 0, -EINVAL (no workers) or a negative errno. */
int process_executor_new(struct process_executor **executor,
                         const struct process_executor_options *options);

/* Has `run` called in a worker, with a copy of `argument`. The future's result
 * is a struct buffer with what `run` appended, owned by the future; its error
 * is the one that `run` returned, or one of struct process_answer. A call can
 * be cancelled until it is handed to the pool, which is a little before it is
 * begun. `time_limit`: from its turn on; NEVER for none. Waits while the queue
 * is full, but not on the executor's own thread, where done-callbacks run.
 * *future is a reference of yours. 0, -ESHUTDOWN or -ENOMEM. */
int process_executor_submit(struct process_executor *executor,
                            process_function run, struct slice argument,
                            nanos time_limit,
                            struct concurrent_future **future);

/* No more calls are taken. `cancel_pending`: what has not been handed to the
 * pool is cancelled. `wait`: returns when all is done and all workers have
 * ended. May be called again. Contract: the executor's own thread, which runs
 * done-callbacks, does not wait for itself. */
void process_executor_shutdown(struct process_executor *executor, bool wait,
                               bool cancel_pending);

/* Shuts down, and does not wait for what is running: workers are killed, their
 * calls end with -ECANCELED. multiprocessing.Pool.terminate. */
void process_executor_terminate(struct process_executor *executor);

/* Shuts down, waits, frees. NULL is harmless. */
void process_executor_free(struct process_executor *executor);

/* How many workers there are now. */
size_t process_executor_workers(struct process_executor *executor);

/* ---- map ---- */

/* Where a map's arguments come from: 1 with *argument, which must be good until
 * the next call; 0 when there are no more; or a negative errno. */
typedef int process_source(void *context, struct slice *argument);

/* The results of one function on many arguments, in the order of the
 * arguments, whatever order they come in. Arguments are asked for as results
 * are taken: never more than `window` calls are on their way, so the arguments
 * may be endless. Pool.imap; with a window for all of them, Pool.map. */
struct process_map {
    struct process_executor *executor;
    process_function run;
    process_source *source;
    void *context;
    size_t window;

    /* A ring: `count` calls on their way, the first one at `first`. */
    struct concurrent_future **calls;
    size_t first, count;
    struct concurrent_future *taken; /* whose result was given out last */
    bool ended;                      /* the source gives nothing more */
    int last; /* the source's error, given out as the last result; 0 if the
               * source has merely ended */
};

/* Begins at once. 0, -EINVAL (no window) or a negative errno. */
int process_map_init(struct process_map *map, struct process_executor *executor,
                     process_function run, process_source *source,
                     void *context, size_t window);

/* The next call in order. 1: it is done, and *error says how: 0 with *result,
 * good until the next call of this; or an error of struct process_answer or of
 * `run`, and the others go on; or the source's error, in the place of the
 * argument that it did not give. 0: there are no more. -ETIMEDOUT: the deadline
 * has come first; the same one can be asked for again. */
int process_map_next(struct process_map *map, struct slice *result, int *error,
                     nanos deadline);

/* Cancels what has not begun. */
void process_map_deinit(struct process_map *map);

#ifdef __cplusplus
}
#endif

#endif
