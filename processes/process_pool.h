/* SPDX-License-Identifier: MIT */
/* A few processes, forked once, that fetch one page after another: row A2 of
 * the talks, ProcessPoolExecutor.
 *
 * How it waits. Every worker waits in its own recv() and keeps its connection;
 * the parent waits in epoll_wait() for the channels to them and for the cancel
 * descriptor. Requests and whole results travel over the channels as bytes.
 *
 * What happens to a worker that dies, hangs or is stopped is said in
 * processes/pool/worker_pool.h: one job ends with FETCH_WORKER_DIED or
 * FETCH_TIMEOUT, and nothing else is lost. Jobs sent ahead count as handed out
 * by the batch, but not as in flight: never more than `concurrency` pages are
 * asked for at once.
 */
#ifndef PROCESSES_PROCESS_POOL_H
#define PROCESSES_PROCESS_POOL_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct model process_pool_model;

#ifdef __cplusplus
}
#endif

#endif
