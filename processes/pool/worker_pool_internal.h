/* SPDX-License-Identifier: MIT */
/* What the files of the pool share: worker_pool.c (its life, and the waiting),
 * dispatch.c (which worker gets which job), answers.c (what comes back) and
 * losses.c (what becomes of jobs whose worker is gone). */
#ifndef PROCESSES_POOL_WORKER_POOL_INTERNAL_H
#define PROCESSES_POOL_WORKER_POOL_INTERNAL_H

#include "processes/pool/worker_internal.h"
#include "processes/pool/worker_pool.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    DEPTH = 32,    /* jobs at a worker: more would save nothing any more */
    PIECE = 65536, /* what is read at once */
};

/* How long a worker that was asked to end may take. */
#define END_TIME_LIMIT NANOS_PER_SECOND

struct worker_pool {
    struct worker_pool_options options;
    int epoll;
    struct turns *turns; /* shared with the workers, one each */
    struct worker *workers;
    size_t alive;
    struct job_list pending; /* not yet at a worker */
    size_t at_workers;
    nanos typical;     /* how long a job takes: a moving average */
    nanos check_at;    /* no time limit ends before this */
    int failed_starts; /* in a row */
    int refused;       /* why a worker could not be forked, or 0 */
    int broken;        /* why there can be no worker any more; or 0 */
    int broken_status;
    size_t done;      /* how many jobs, in all */
    size_t finishing; /* jobs that are in no list, just before their done() */
    unsigned inside_done; /* how deep: done() may cancel */
    char scratch[PIECE];
};

/* ---- dispatch.c ---- */

/* Gives jobs to workers, starts workers, sends. */
void pool_dispatch(struct worker_pool *pool, nanos now);

/* Sends what the channel takes; asks to be told when it takes the rest. */
void pool_send(struct worker_pool *pool, struct worker *worker);

/* ---- answers.c ---- */

/* Takes in what has come over the channel. */
void pool_receive(struct worker_pool *pool, struct worker *worker, nanos now);

/* Kills the workers that have exceeded a job's time. */
void pool_enforce_time_limits(struct worker_pool *pool, nanos now);

void pool_finish(struct worker_pool *pool, struct process_job *job,
                 const struct process_answer *answer);
void pool_finish_all(struct worker_pool *pool, struct job_list jobs,
                     const struct process_answer *answer);
void pool_fail_all(struct worker_pool *pool, struct job_list jobs, int error);

/* ---- losses.c ---- */

/* Ends the worker. Jobs that it has not begun go to others, before all that
 * came later; the job that it had begun ends with `error`. */
void pool_lose(struct worker_pool *pool, struct worker *worker, int error);

#ifdef __cplusplus
}
#endif

#endif
