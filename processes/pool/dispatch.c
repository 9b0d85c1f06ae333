/* SPDX-License-Identifier: MIT */
#include "processes/pool/worker_pool_internal.h"

#include "base/clock.h"

#include <errno.h>
#include <sys/epoll.h>

/* ---- jobs ---- */

static void give_jobs(struct worker_pool *pool, struct worker *worker,
                      unsigned most, nanos now)
{
    size_t lifetime = pool->options.jobs_per_worker;
    /* The done() of a job that cannot be sent may cancel all jobs, and so end
     * this worker: its pid is looked at anew for each job. */
    while (most-- && worker->pid && pool->pending.first &&
           !(lifetime && worker->given >= lifetime)) {
        struct process_job *job = job_list_take(&pool->pending);
        int error = worker_give(worker, job, now);
        if (error) {
            pool_finish(pool, job, &(struct process_answer){.error = error});
            continue;
        }
        pool->at_workers++;
        pool->check_at = nanos_earlier(pool->check_at, worker->kill_at);
    }
}

static int start_worker(struct worker_pool *pool, struct worker *worker)
{
    int error = worker_start(worker, &pool->options);
    if (error)
        return error;
    struct epoll_event event = {.events = EPOLLIN,
                                .data.fd = (int)worker->slot};
    if (epoll_ctl(pool->epoll, EPOLL_CTL_ADD, worker->channel, &event) < 0) {
        error = -errno; /* or its answers would never be seen */
        worker_stop(worker);
        return error;
    }
    pool->alive++;
    return 0;
}

void pool_send(struct worker_pool *pool, struct worker *worker)
{
    bool blocked = !worker_flush(worker);
    if (blocked == worker->blocked)
        return;
    worker->blocked = blocked;
    struct epoll_event event = {.events = EPOLLIN | (blocked ? EPOLLOUT : 0),
                                .data.fd = (int)worker->slot};
    epoll_ctl(pool->epoll, EPOLL_CTL_MOD, worker->channel, &event);
}

/* First, each worker without a job gets one. Every worker that works is worth
 * more than a long queue at one of them. */
static void feed_the_idle(struct worker_pool *pool, nanos now)
{
    for (size_t i = 0; pool->pending.first && i < pool->options.workers; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->pid && worker->count == 0)
            give_jobs(pool, worker, worker_room(worker, 1), now);
    }
}

static void fail_pending(struct worker_pool *pool, int error)
{
    struct job_list jobs = pool->pending;
    pool->pending = (struct job_list){0};
    pool_fail_all(pool, jobs, error);
}

/* Then, while jobs are left, a new worker is started for each. It comes after
 * the idle ones, because a fork is dear. If no more can be had now, the workers
 * that there are must do; if there are none, the jobs fail. */
static void start_workers(struct worker_pool *pool)
{
    if (pool->alive == pool->options.workers || pool->broken)
        return;
    int error = 0;
    for (size_t i = 0; pool->pending.first && i < pool->options.workers; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->pid || worker->dismissed)
            continue;
        error = start_worker(pool, worker);
        if (error)
            break;
        /* The job's time limit does not include the time of the fork. */
        give_jobs(pool, worker, worker_room(worker, 1), monotonic_now());
        if (worker->pid)
            pool_send(pool, worker); /* it can begin while others are forked */
    }
    if (error)
        pool->refused = error;
    if (error && pool->alive == 0)
        fail_pending(pool, error);
}

/* Last, the other jobs are sent ahead, when every worker that can be had is at
 * work. Each gets the same number, many at a time: a worker that still has more
 * than half of its share gets none now. Long jobs are not stuck behind each
 * other for that: see share_jobs(). */
static void feed_ahead(struct worker_pool *pool, nanos now)
{
    size_t workers = pool->options.workers;
    size_t each = (worker_pool_unfinished(pool) + workers - 1) / workers;
    unsigned most = each < DEPTH ? (unsigned)each : DEPTH;
    for (size_t i = 0; pool->pending.first && i < workers; i++) {
        struct worker *worker = &pool->workers[i];
        unsigned room = worker_room(worker, most);
        if (room >= most / 2)
            give_jobs(pool, worker, room, now);
    }
}

/* The worker with the most jobs; NULL when no worker has a job waiting. *idle
 * is how many have no job and may be given one. */
static struct worker *busiest_worker(struct worker_pool *pool, size_t *idle)
{
    struct worker *longest = NULL;
    unsigned most = 1;
    *idle = 0;
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct worker *worker = &pool->workers[i];
        *idle += worker_room(worker, 1);
        if (worker->count > most) {
            longest = worker;
            most = worker->count;
        }
    }
    return longest;
}

/* When no jobs are pending, and workers are idle while others have jobs
 * waiting, some of those are taken back and go to the idle ones. */
static void share_jobs(struct worker_pool *pool, nanos now)
{
    size_t taken = 1, idle;
    while (taken && !pool->pending.first && pool->at_workers > 1) {
        struct worker *longest = busiest_worker(pool, &idle);
        if (!longest || !idle)
            return;
        size_t half = longest->count / 2;
        worker_take_back(longest, idle < half ? idle : half, &pool->pending);
        taken = pool->pending.count;
        pool->at_workers -= taken;
        feed_the_idle(pool, now);
    }
}

/* The worker is told to end. If it has not ended by kill_at, because it was
 * stopped by a signal, it is killed, so that another worker can take its
 * place. */
static void retire_worker(struct worker_pool *pool, struct worker *worker,
                          nanos now)
{
    worker_retire(worker);
    worker->kill_at = nanos_after(now, END_TIME_LIMIT);
    pool->check_at = nanos_earlier(pool->check_at, worker->kill_at);
}

static bool has_served(const struct worker_pool *pool,
                       const struct worker *worker)
{
    size_t lifetime = pool->options.jobs_per_worker;
    return worker->dismissed || (lifetime && worker->given >= lifetime);
}

static void send_all(struct worker_pool *pool, nanos now)
{
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct worker *worker = &pool->workers[i];
        if (!worker->pid || worker->retired)
            continue;
        if (worker->outbox.size)
            pool_send(pool, worker);
        if (has_served(pool, worker) && worker->count == 0)
            retire_worker(pool, worker, now);
    }
}

void pool_dispatch(struct worker_pool *pool, nanos now)
{
    feed_the_idle(pool, now);
    start_workers(pool);
    feed_ahead(pool, now);
    share_jobs(pool, now);
    /* Sent last, so that all that a worker gets in a turn is one write. */
    send_all(pool, now);
    if (pool->broken)
        fail_pending(pool, pool->broken);
}
