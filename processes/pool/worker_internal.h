/* SPDX-License-Identifier: MIT */
/* A worker as its parent sees it: the process, the channel to it and the jobs
 * that were sent there. When its process ends, it can be started again. */
#ifndef PROCESSES_POOL_WORKER_INTERNAL_H
#define PROCESSES_POOL_WORKER_INTERNAL_H

#include "processes/pool/turns_internal.h"
#include "processes/pool/worker_pool.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A list of jobs, first in, first out. */
struct job_list {
    struct process_job *first, *last;
    size_t count;
};

void job_list_append(struct job_list *list, struct process_job *job);
void job_list_prepend(struct job_list *list, struct process_job *job);
struct process_job *job_list_take(struct job_list *list); /* or NULL */

struct worker {
    unsigned slot;
    struct turns *turns; /* shared with the worker */
    pid_t pid;           /* 0: it has no process now */
    int channel;
    size_t given;   /* jobs since the worker was forked */
    bool retired;   /* it was told to end: it gets no more jobs */
    bool dismissed; /* nor does another one in its place */

    /* The jobs here have numbers from `first` up to, but not including, `next`;
     * those done or taken back already are NULL. It is the turn of the first
     * one left, until kill_at at the latest. */
    struct process_job *jobs[TURN_COUNT];
    uint32_t first, next;
    unsigned count;
    nanos kill_at;

    struct buffer outbox; /* jobs on their way to the worker */
    size_t sent;          /* of the outbox */
    bool blocked;         /* the channel takes no more of it now */
    struct buffer inbox;  /* an answer of which a part has come */
};

/* Forks its process. 0 or a negative errno. */
int worker_start(struct worker *worker,
                 const struct worker_pool_options *options);

/* Puts a job into the outbox. 0 or -ENOMEM. */
int worker_give(struct worker *worker, struct process_job *job, nanos now);

/* How many more jobs may be given to it. */
unsigned worker_room(const struct worker *worker, unsigned depth);

/* Sends what it can of the outbox; true when all of it is gone. */
bool worker_flush(struct worker *worker);

/* Tells the worker to end once it has read what was sent. */
void worker_retire(struct worker *worker);

/* Removes the job with that number, which is done; NULL when there is none.
 * From `now` on it is the next one's turn. */
struct process_job *worker_finish(struct worker *worker, uint32_t number,
                                  nanos now);

/* Takes back up to `most` jobs that the worker has not begun, the last ones
 * first, and puts them before the others in `list`. */
void worker_take_back(struct worker *worker, size_t most,
                      struct job_list *list);

/* Takes what is left of the jobs, which the worker has begun. */
struct job_list worker_take_begun(struct worker *worker);

/* Closes the channel, ends the process and returns its status. The jobs
 * stay. */
int worker_stop(struct worker *worker);

#ifdef __cplusplus
}
#endif

#endif
