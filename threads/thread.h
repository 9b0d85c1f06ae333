/* SPDX-License-Identifier: MIT */
/* How this house starts a thread: a small stack of a stated size, and no
 * signals. */
#ifndef THREADS_THREAD_H
#define THREADS_THREAD_H

#include "base/nanos.h"

#include <pthread.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The stack of every thread here. See thread.c for why this much. */
extern const size_t thread_stack_size;

/* Starts a thread that must be joined. It receives no signals but those that
 * it causes itself: the program's handlers run on the program's own threads,
 * as Python's do. 0 or a negative errno. */
int thread_start(pthread_t *thread, void *(*run)(void *), void *argument);

/* A condition whose waits end by the monotonic clock. 0 or a negative errno. */
int thread_condition_init(pthread_cond_t *condition);

/* Waits to be told, at most until `deadline`. 0 or -ETIMEDOUT. The caller looks
 * again at what it waits for: between the telling and the waking another thread
 * may have come first. */
int thread_wait(pthread_cond_t *condition, pthread_mutex_t *lock,
                nanos deadline);

#ifdef __cplusplus
}
#endif

#endif
