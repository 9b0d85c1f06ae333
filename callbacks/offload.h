/* SPDX-License-Identifier: MIT */
/* Blocking work for a program on the loop: a thread does it, and the loop calls
 * when it is done. Twisted's deferToThread, asyncio's run_in_executor.
 *
 * An offloader is a list of completions (threads/completions.h) and a watch on
 * its descriptor. The descriptor is watched while something is under way that
 * has not been cancelled, so the loop waits for that, and for nothing else.
 *
 * All functions belong to the loop's thread.
 */
#ifndef CALLBACKS_OFFLOAD_H
#define CALLBACKS_OFFLOAD_H

#include "callbacks/loop.h"
#include "threads/completions.h"

#ifdef __cplusplus
extern "C" {
#endif

struct offloader;

/* A piece of work. It is embedded in what it is about, which lies on the heap,
 * and found again with container_of.
 *
 * Ownership: the offloader's from offload_start until done() or drop() is
 * entered; then it is yours again, to be freed or started anew. */
struct offload {
    /* yours */
    void (*run)(struct offload *offload);  /* on a thread: it may wait, and
                                            * touches only what is its own */
    void (*done)(struct offload *offload); /* on the loop's thread, in a later
                                            * turn than offload_start */
    void (*drop)(struct offload *offload); /* instead of done(), on either
                                            * thread: cancelled, or the
                                            * offloader is gone. Frees it */

    /* the offloader's */
    struct completion completion;
    struct offloader *offloader;
};

/* At most `threads` pieces of work at a time; threads are started when there is
 * work. 0 or a negative errno. */
int offloader_new(struct offloader **offloader, struct loop *loop,
                  size_t threads);

/* Does not wait for work that is under way: a thread may be left behind with
 * it (executor_leave). Each piece that has not come back is dropped. NULL is
 * harmless. Contract: not from inside a done() of this offloader. */
void offloader_free(struct offloader *offloader);

/* Hands the work to a thread. 0; or a negative errno, and then it is still
 * yours: -EAGAIN when no thread can be started. */
int offload_start(struct offloader *offloader, struct offload *offload);

/* done() will not be called, and the loop does not wait for the work; it is
 * dropped, at once or when its run() has ended. It is the offloader's to the
 * end: do not touch it any more. Contract: it is under way. */
void offload_cancel(struct offload *offload);

#ifdef __cplusplus
}
#endif

#endif
