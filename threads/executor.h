/* SPDX-License-Identifier: MIT */
/* A few threads that do blocking work for other threads. The event loop hands
 * its look-ups to one; so do Twisted and asyncio (deferToThread,
 * run_in_executor). Results and futures on top of it: futures.h.
 */
#ifndef THREADS_EXECUTOR_H
#define THREADS_EXECUTOR_H

#include "threads/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A piece of work. It belongs to its caller, which keeps it until done() has
 * been entered; done() may free it. */
struct work {
    struct queued queued;            /* the executor's */
    void (*run)(struct work *work);  /* on a thread of the executor */
    void (*done)(struct work *work); /* there too, right after run; or, for
                                      * work that was dropped, on the thread
                                      * that dropped it. May be NULL. */
    int dropped; /* set before done(). 0: run() was called. -ECANCELED: it was
                  * not, the executor was shut down; or why no thread could be
                  * initialised. */
};

struct executor;

struct executor_options {
    size_t threads;  /* the most that will be started; at least 1 */
    size_t capacity; /* how much work may wait; 0: any amount */
    /* Called on each thread before its first work; may be NULL. When it does
     * not return 0 the executor is broken: all work that waits is dropped with
     * what it returned, and no more is taken. */
    int (*initialize)(void *context);
    void *context;
};

/* A thread is started when work comes and none is idle. 0, -EINVAL (no threads)
 * or a negative errno. */
int executor_new_with(struct executor **executor,
                      const struct executor_options *options);

/* The same, with few options. */
int executor_new(struct executor **executor, size_t threads, size_t capacity);

/* As many threads as ThreadPoolExecutor takes when it is not told: four more
 * than processors that the caller may run on, and at most 32. Waiting needs no
 * processor. */
size_t executor_default_threads(void);

/* Hands work over; it is begun in order of arrival. Waits while the queue is
 * full. Any thread may call it, also from inside run(), where it never waits:
 * a thread of the executor must not wait for its own queue to get shorter. 0;
 * -ESHUTDOWN after executor_shutdown, or when it is broken; or why the first
 * thread could not be started. */
int executor_submit(struct executor *executor, struct work *work);

/* Changes the most that will be started. More are started at once if there is
 * work for them; those that are too many end after what they are doing. 0 holds
 * all work back until there are threads again. Nothing happens after
 * executor_shutdown. 0 or -ENOMEM. */
int executor_resize(struct executor *executor, size_t threads);

struct executor_counts {
    size_t most;    /* threads, as asked for */
    size_t threads; /* that there are */
    size_t working; /* of them */
    size_t waiting; /* work that has not begun */
};

/* The current numbers, which may change at any moment. */
void executor_count(struct executor *executor, struct executor_counts *counts);

/* No more work is taken. `cancel_pending`: what has not begun is dropped, each
 * with its done(). `wait`: returns when all threads have ended. May be called
 * again, by any thread. Contract: a thread of the executor does not wait for
 * itself. */
void executor_shutdown(struct executor *executor, bool wait,
                       bool cancel_pending);

/* Shuts down, waits for what is queued, frees. NULL is harmless. Contract: not
 * on a thread of the executor. */
void executor_free(struct executor *executor);

/* Shuts down and frees, but waits for nothing that may take long. Work that has
 * not begun is dropped. A thread that is at work is left behind: nothing can
 * interrupt it, so it goes on by itself, calls done(), and ends. Its work then
 * outlives the executor, and its owner perhaps; so run() and done() may touch
 * only what belongs to the work. Not for use on a thread of the executor. NULL
 * is harmless.
 *
 * This is for what may hang, such as look-ups: the program must not hang with
 * it. In the system's list of threads such a thread is called "left behind".
 * There are at most EXECUTOR_LEFT_BEHIND_MAX of them in a process. While there
 * are that many, further ones are waited for, and no executor starts a thread
 * (-EAGAIN). */
void executor_leave(struct executor *executor);

enum { EXECUTOR_LEFT_BEHIND_MAX = 32 };

/* How many have not ended yet, of all executors of this process. */
size_t executor_left_behind(void);

#ifdef __cplusplus
}
#endif

#endif
