/* SPDX-License-Identifier: MIT */
/* The base case: one page after another, waiting in the kernel.
 *
 * Everything that blocks and fetches is built on this: the contestant
 * `sequential`, every thread, every child process. Row A1 of the talks,
 * httpGet(), with what the slide left out: deadlines, short writes, EINTR,
 * answers that come in pieces, servers that keep the connection open.
 *
 * How it waits. The call itself waits, in connect() and recv(), so a page on an
 * open connection costs one write and one read. But it waits with the patience
 * of BLOCKING_PATIENCE only (SO_SNDTIMEO and SO_RCVTIMEO, set once for a
 * connection). What takes longer, or has less time left than that, waits in
 * poll(): for the socket, for the cancel descriptor, and until the deadline. So
 * a cancellation is seen at once or after one patience, a deadline is kept to
 * the millisecond, and a server that sends a byte now and then stretches
 * nothing.
 *
 * A look-up waits in the system's resolver, which neither a deadline nor a
 * cancellation can interrupt; the models declare that.
 */
#ifndef BLOCKING_WORKER_H
#define BLOCKING_WORKER_H

#include "http/call.h"
#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Long compared with a page, short compared with what a person calls a
 * delay. */
#define BLOCKING_PATIENCE (100 * NANOS_PER_MILLISECOND)

/* What one recv may bring. */
enum { BLOCKING_SCRATCH = 64 * 1024 };

/* A worker fetches one page at a time. It has a buffer for what arrives, and
 * the connection that it kept. It is used by one thread at a time. */
struct blocking_worker {
    struct call call;
    struct cancel *cancel; /* NULL: cannot be cancelled */
    char *scratch;
    nanos now; /* read after everything that may have waited */
    int fd;    /* the connection in use, or the kept one; or -1 */
    struct kept_connection kept; /* what is known of fd */
};

/* `options` and `cancel` are borrowed. `slot`: which of the workers it is, for
 * the results. 0 or -ENOMEM. */
int blocking_worker_init(struct blocking_worker *worker,
                         const struct call_options *options,
                         struct cancel *cancel, unsigned slot);

/* Closes the kept connection. */
void blocking_worker_deinit(struct blocking_worker *worker);

/* Says that the calling thread uses it from now on; init says that too. */
void blocking_worker_enter(struct blocking_worker *worker);

/* Waits for the job's earliest start, fetches it, and returns the result, owned
 * by the worker and good until its next fetch. Never NULL. */
struct result *blocking_fetch(struct blocking_worker *worker,
                              const struct job *job);

#ifdef __cplusplus
}
#endif

#endif
