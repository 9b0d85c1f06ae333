/* SPDX-License-Identifier: MIT */
/* How this house starts a thread: a small stack of a stated size, and no
 * signals. */
#ifndef THREADS_THREAD_H
#define THREADS_THREAD_H

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

#ifdef __cplusplus
}
#endif

#endif
