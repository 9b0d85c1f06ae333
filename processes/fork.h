/* SPDX-License-Identifier: MIT */
/* A process per request: row K1 of the talks, "very concurrent" and "very
 * inefficient resource-wise". The program is copied, the copy fetches one page
 * as if it were alone in the world, hands the result back and ends.
 *
 * How it waits. Every child waits in its own recv(); the parent waits in
 * poll() for the pipes on which results come back, and for the cancel
 * descriptor. It takes a result off a pipe piece by piece, because a result
 * larger than a pipe is only written on while it is read.
 *
 * What only processes can do: a child that hangs, whatever it hangs in, can be
 * ended from outside. So a look-up or a stopped child cannot hold up the
 * batch: CHILD_GRACE after the job's total deadline the child is killed and
 * the job ends with FETCH_TIMEOUT; a cancelled batch kills them all. A child
 * that dies by itself costs its own job, FETCH_WORKER_DIED, and no other.
 */
#ifndef PROCESSES_FORK_H
#define PROCESSES_FORK_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct model fork_model;

#ifdef __cplusplus
}
#endif

#endif
