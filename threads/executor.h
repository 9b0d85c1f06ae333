/* SPDX-License-Identifier: MIT */
/* A few threads that do other people's blocking work. The event loop hands its
 * look-ups to one; so do Twisted and asyncio (deferToThread, run_in_executor).
 */
#ifndef THREADS_EXECUTOR_H
#define THREADS_EXECUTOR_H

#include "threads/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A piece of work. It belongs to its caller, who keeps it until done() has been
 * entered; done() may free it. */
struct work {
    struct queued queued;            /* the executor's */
    void (*run)(struct work *work);  /* on a thread of the executor */
    void (*done)(struct work *work); /* there too, right after run; or, for
                                      * work that was dropped, on the thread
                                      * that dropped it. May be NULL. */
    bool dropped;                    /* set before done(): run was not called */
};

struct executor;

/* `threads` is the most that will be started; each is started when work comes
 * and none is idle. `capacity` is how much work may wait; 0: any amount.
 * Returns 0, -EINVAL (no threads) or a negative errno. */
int executor_new(struct executor **executor, size_t threads, size_t capacity);

/* Hands work over; it is begun in order of arrival. Waits while the queue is
 * full. Any thread may call it, also from inside run(), where it never waits:
 * who works the queue off must not wait for it to be worked off. 0; -ESHUTDOWN
 * after executor_shutdown; or why the first thread could not be started. */
int executor_submit(struct executor *executor, struct work *work);

/* No more work is taken. `cancel_pending`: what has not begun is dropped, each
 * with its done(). `wait`: returns when all threads have ended; not for use on
 * one of them. May be called again, by any thread. */
void executor_shutdown(struct executor *executor, bool wait,
                       bool cancel_pending);

/* Shuts down, waits for what is queued, frees. NULL is harmless. */
void executor_free(struct executor *executor);

#ifdef __cplusplus
}
#endif

#endif
