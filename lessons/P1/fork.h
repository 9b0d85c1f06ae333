/* SPDX-License-Identifier: MIT */
/* What you write in this lesson, a process for each page, and what you are
 * given for it. */
#ifndef LESSONS_P1_FORK_H
#define LESSONS_P1_FORK_H

#include "blocking/worker.h"
#include "http/model.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One child, as its parent sees it. */
struct child {
    pid_t pid;
    int pipe;     /* its result comes out of here */
    size_t index; /* of the job on which it works */
};

/* ---- yours; the number is the step ---- */

/* 1: forks a child that fetches the job with its copy of `worker`, and returns
 * while it is at work. 0 or a negative errno. */
int fork_start(struct child *child, struct blocking_worker *worker,
               const struct job *job);

/* 1: waits until the child's result is whole, and closes the pipe. 0; or
 * -ENODATA when the child has ended without a whole result. */
int fork_collect(struct child *child, struct result *result);

/* 2: a model: the pages of a batch, up to batch->concurrency at once. 0 or a
 * negative errno. */
int fork_run(struct batch *batch);

/* 3: waits until this child has ended, and takes it out of the process table.
 * Its status as waitpid tells it; -1 when there is no such child. */
int fork_reap(pid_t pid);

/* ---- given ---- */

/* From blocking/worker.h: fetches a page and waits for it. Never NULL; what
 * went wrong is in the result.
 *
 *     struct result *blocking_fetch(struct blocking_worker *worker,
 *                                   const struct job *job);
 */

/* In the child: writes a result into a pipe, and notes in it which child has
 * written it. 0 or a negative errno. */
int result_write(int pipe, struct result *result);

/* In the parent: reads one, and waits until it is whole. 0; -ENODATA when the
 * pipe ends before, and then the result is an empty one; -ENOMEM. */
int result_read(int pipe, struct result *result);

/* Waits until one of the children has something to say, or has ended: which. It
 * asks for all of them at once, with poll(): lesson P3. */
size_t children_wait(const struct child *children, size_t count);

#ifdef __cplusplus
}
#endif

#endif
