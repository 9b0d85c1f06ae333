/* SPDX-License-Identifier: MIT */
/* One thread waits while the others go on: row A3 of the talks. */
#ifndef THREADS_THREADS_H
#define THREADS_THREADS_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A thread for each request, as many at a time as the batch wants in flight.
 * Nothing is kept from one to the next but memory. */
extern const struct model threads_model;

/* As many threads as requests in flight, started once; each fetches one page
 * after another, on the connection that it kept. Jobs reach them through a
 * bounded queue. */
extern const struct model thread_pool_model;

#ifdef __cplusplus
}
#endif

#endif
