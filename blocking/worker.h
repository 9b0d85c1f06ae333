/* SPDX-License-Identifier: MIT */
/* The base case: one page after another, and the kernel waits.
 *
 * Everything that blocks and fetches is built on this: the contestant
 * `sequential`, every thread, every child process. Row A1 of the talks,
 * httpGet(), with what the slide left out: deadlines, short writes, EINTR,
 * answers that come in pieces, servers that keep the connection open.
 *
 * How it waits. Where nobody can cancel, the call itself waits: recv() with
 * SO_RCVTIMEO for a deadline, so a page costs one write and one read. Where
 * somebody can, poll() waits for the socket and for the cancel descriptor.
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

/* Somebody who fetches one page at a time: a scratch for what arrives, and the
 * connection it kept. Belongs to one thread. */
struct blocking_worker {
    struct call call;
    struct cancel *cancel; /* NULL: nobody will */
    char *scratch;
    unsigned slot; /* for the results: which worker */
    int kept;      /* a connection that may serve again, or -1 */
    struct url kept_url;
    nanos armed; /* the timeout that the socket has: see blocking_arm */
};

/* `options` and `cancel` are borrowed. 0 or -ENOMEM. */
int blocking_worker_init(struct blocking_worker *worker,
                         const struct call_options *options,
                         struct cancel *cancel, unsigned slot);

/* Closes the kept connection. */
void blocking_worker_deinit(struct blocking_worker *worker);

/* Waits for the job's earliest start, fetches it, and returns the result, owned
 * by the worker and good until its next fetch. Never NULL. */
struct result *blocking_fetch(struct blocking_worker *worker,
                              const struct job *job);

extern const struct model sequential_model;

#ifdef __cplusplus
}
#endif

#endif
