/* SPDX-License-Identifier: MIT */
/* The contestant `thread-pool`: threads that are started once. */
#ifndef THREADS_THREAD_POOL_H
#define THREADS_THREAD_POOL_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* As many threads as requests in flight, started once; each fetches one page
 * after another, on the connection that it kept. Jobs reach them through a
 * bounded queue. */
extern const struct model thread_pool_model;

#ifdef __cplusplus
}
#endif

#endif
