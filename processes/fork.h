/* SPDX-License-Identifier: MIT */
/* A process per request: row K1 of the talks, "very concurrent" and "very
 * inefficient resource-wise". The program is copied, the copy fetches one page
 * as if it were alone in the world, hands the result back and ends.
 *
 * How it waits. Every child waits in its own recv(); the parent waits in
 * poll() for the pipes on which results come back, and for the cancel
 * descriptor. It takes a result off a pipe piece by piece, because a result
 * larger than a pipe is only written on while somebody reads.
 *
 * What only processes can do: a child that hangs, whatever it hangs in, can be
 * ended from outside. So a look-up or a stopped child cannot hold up the
 * batch: CHILD_GRACE after the job's total deadline the child is killed and
 * the job ends with FETCH_TIMEOUT; a cancelled batch kills them all. A child
 * that dies by itself costs its own job, FETCH_WORKER_DIED, and no other.
 */
#ifndef PROCESSES_FORK_H
#define PROCESSES_FORK_H

#include "blocking/worker.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One child, as its parent sees it. */
struct fork_child {
    pid_t pid;
    int pipe;      /* its result comes out of here */
    unsigned slot; /* which of the batch's places it has */
    size_t index;
    nanos started;
    nanos kill_at;
    struct buffer packed; /* what has come so far */
};

/* Forks a child that fetches the job with (its copy of) `worker`, writes the
 * result and is gone. 0 or a negative errno; `slot` and what
 * memory `packed` has are the caller's; the rest is set. */
int fork_start(struct fork_child *child, struct blocking_worker *worker,
               const struct job *job);

/* Reads what there is, once poll() says that there is something. True when the
 * child has no more to say: `result` is its result, or FETCH_WORKER_DIED, and
 * the child has been reaped. */
bool fork_collect(struct fork_child *child, struct result *result);

/* Ends the child from outside and reaps it; `error` becomes the result. */
void fork_kill(struct fork_child *child, enum fetch_error error,
               struct result *result);

extern const struct model fork_model;

#ifdef __cplusplus
}
#endif

#endif
