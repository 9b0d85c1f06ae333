/* SPDX-License-Identifier: MIT */
#include "processes/pool/worker_pool_internal.h"

#include "base/contract.h"

#include <errno.h>
#include <sys/epoll.h>

/* How many workers in a row may die before they have begun, or before they have
 * begun a job; and how many may be killed because they have not begun it within
 * its time. */
enum { START_ATTEMPTS = 10, TIMED_ATTEMPTS = 3 };

/* A worker that began its first job has started well, whatever killed it later,
 * and one that we killed has not started badly. Workers that never come so far
 * would be replaced for ever, so they break the pool. */
static void judge_start(struct worker_pool *pool, const struct turns *turns,
                        int error, int status)
{
    int initialised = __atomic_load_n(&turns->initialised, __ATOMIC_ACQUIRE);
    if (initialised < 0)
        pool->broken = initialised;
    else if (initialised > 0)
        pool->failed_starts = 0;
    else if (error == -EOWNERDEAD && ++pool->failed_starts >= START_ATTEMPTS)
        pool->broken = -EOWNERDEAD;
    if (pool->broken)
        pool->broken_status = status;
}

/* It was this job's turn, but the worker had not begun it: it had died or been
 * stopped before, or is slow to start. Another worker may do it, but this must
 * not go on for ever. */
static void judge_taken_back(struct worker_pool *pool, struct process_job *job,
                             const struct process_answer *answer)
{
    int most = answer->error == -ETIME ? TIMED_ATTEMPTS : START_ATTEMPTS;
    if (pool->pending.first != job || ++job->attempts < most)
        return;
    job_list_take(&pool->pending);
    pool_finish(pool, job, answer);
}

void pool_lose(struct worker_pool *pool, struct worker *worker, int error)
{
    REQUIRE(worker->pid > 0, "pool_lose: a worker whose process was started");
    struct process_answer answer = {
        .error = error, .pid = worker->pid, .slot = worker->slot};
    /* Closing the channel would suffice, unless the program has forked a
     * process with all its descriptors, which then still holds the channel. */
    epoll_ctl(pool->epoll, EPOLL_CTL_DEL, worker->channel, NULL);
    answer.status = worker_stop(worker);
    pool->alive--;
    judge_start(pool, worker->turns, error, answer.status);

    unsigned before = worker->count;
    struct process_job *turn = worker->jobs[worker->first % TURN_COUNT];
    worker_take_back(worker, TURN_COUNT, &pool->pending);
    struct job_list begun = worker_take_begun(worker);
    pool->at_workers -= before;
    /* From here on there is no worker, whatever done() does. */
    if (before && error != -ECANCELED)
        judge_taken_back(pool, turn, &answer);
    pool_finish_all(pool, begun, &answer);
}
