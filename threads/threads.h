/* SPDX-License-Identifier: MIT */
/* One thread waits while the others go on: row A3 of the talks. The contestant
 * `threads`. */
#ifndef THREADS_THREADS_H
#define THREADS_THREADS_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A thread for each request, as many at a time as the batch wants in flight.
 * Nothing is kept from one to the next but memory. */
extern const struct model threads_model;

#ifdef __cplusplus
}
#endif

#endif
