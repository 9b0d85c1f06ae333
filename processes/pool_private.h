/* SPDX-License-Identifier: MIT */
/* What the files of the pool share: pool.c (its life, and the waiting),
 * dispatch.c (which worker gets which job) and answers.c (what comes back, or
 * does not). */
#ifndef PROCESSES_POOL_PRIVATE_H
#define PROCESSES_POOL_PRIVATE_H

#include "processes/pool.h"
#include "processes/station.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    DEPTH = 32,    /* jobs at a worker: more would save nothing any more */
    PIECE = 65536, /* what is read at once */
};

/* How long a worker that was asked to end may take. */
#define FAREWELL NANOS_PER_SECOND

struct process_pool {
    struct process_pool_options options;
    int epoll;
    struct turns *turns; /* shared with the workers, one each */
    struct station *stations;
    size_t alive;
    struct job_list pending; /* at no worker */
    size_t at_workers;
    nanos typical;     /* how long a job takes: a moving average */
    nanos check_at;    /* no job's time is up before */
    int failed_starts; /* in a row */
    int refused;       /* why one could not be had, or 0 */
    int broken;        /* why no worker can be had; 0 */
    int broken_status;
    size_t done;      /* jobs, in all */
    size_t finishing; /* jobs that are in no list, just before their done() */
    unsigned inside_done; /* how deep: done() may cancel */
    char scratch[PIECE];
};

/* ---- dispatch.c ---- */

/* Gives jobs to workers, starts workers, sends. */
void pool_dispatch(struct process_pool *pool, nanos now);

/* Sends what the channel takes; asks to be told when it takes the rest. */
void pool_send(struct process_pool *pool, struct station *station);

/* ---- answers.c ---- */

/* Takes in what has come over the channel. */
void pool_receive(struct process_pool *pool, struct station *station,
                  nanos now);

/* Ends the worker. What it has not begun goes to others, before all that came
 * later; what it had begun ends with `error`. */
void pool_lose(struct process_pool *pool, struct station *station, int error);

/* Kills the workers that have exceeded a job's time. */
void pool_enforce_time_limits(struct process_pool *pool, nanos now);

void pool_finish(struct process_pool *pool, struct process_job *job,
                 const struct process_answer *answer);
void pool_finish_all(struct process_pool *pool, struct job_list jobs,
                     const struct process_answer *answer);
void pool_fail_all(struct process_pool *pool, struct job_list jobs, int error);

#ifdef __cplusplus
}
#endif

#endif
