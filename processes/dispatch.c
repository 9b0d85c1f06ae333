/* SPDX-License-Identifier: MIT */
#include "processes/pool_private.h"

#include "base/clock.h"

#include <errno.h>
#include <sys/epoll.h>

/* ---- jobs ---- */

static void give(struct process_pool *pool, struct station *station,
                 unsigned most, nanos now)
{
    size_t lifetime = pool->options.jobs_per_worker;
    /* The done() of a job that cannot be sent may cancel, and end the worker.
     */
    while (most-- && station->pid && pool->pending.first &&
           !(lifetime && station->given >= lifetime)) {
        struct process_job *job = job_list_take(&pool->pending);
        int error = station_give(station, job, now);
        if (error) {
            pool_finish(pool, job, &(struct process_answer){.error = error});
            continue;
        }
        pool->at_workers++;
        pool->check_at = nanos_earlier(pool->check_at, station->kill_at);
    }
}

static int start_worker(struct process_pool *pool, struct station *station)
{
    int error = station_start(station, &pool->options);
    if (error)
        return error;
    struct epoll_event event = {.events = EPOLLIN,
                                .data.fd = (int)station->slot};
    if (epoll_ctl(pool->epoll, EPOLL_CTL_ADD, station->channel, &event) < 0) {
        error = -errno; /* its answers would never be seen */
        station_stop(station);
        return error;
    }
    pool->alive++;
    return 0;
}

void pool_send(struct process_pool *pool, struct station *station)
{
    bool blocked = !station_flush(station);
    if (blocked == station->blocked)
        return;
    station->blocked = blocked;
    struct epoll_event event = {.events = EPOLLIN | (blocked ? EPOLLOUT : 0),
                                .data.fd = (int)station->slot};
    epoll_ctl(pool->epoll, EPOLL_CTL_MOD, station->channel, &event);
}

/* First: each worker that has no job gets one. */
static void feed_the_idle(struct process_pool *pool, nanos now)
{
    for (size_t i = 0; pool->pending.first && i < pool->options.workers; i++) {
        struct station *station = &pool->stations[i];
        if (station->pid && station->count == 0)
            give(pool, station, station_room(station, 1), now);
    }
}

static void fail_pending(struct process_pool *pool, int error)
{
    struct job_list jobs = pool->pending;
    pool->pending = (struct job_list){0};
    pool_fail_all(pool, jobs, error);
}

/* Then: as many new workers are started as there are jobs left. If one cannot
 * be had now, those that are there must do; if there are none, these jobs
 * cannot be done. */
static void start_workers(struct process_pool *pool)
{
    if (pool->alive == pool->options.workers || pool->broken)
        return;
    int error = 0;
    for (size_t i = 0; pool->pending.first && i < pool->options.workers; i++) {
        struct station *station = &pool->stations[i];
        if (station->pid)
            continue;
        error = start_worker(pool, station);
        if (error)
            break;
        /* Forking takes time, which is not the job's. */
        give(pool, station, station_room(station, 1), monotonic_now());
        if (station->pid)
            pool_send(pool, station); /* it can begin while others are forked */
    }
    if (error)
        pool->refused = error;
    if (error && pool->alive == 0)
        fail_pending(pool, error);
}

/* Last: the other jobs are sent ahead, the same number to every worker, and in
 * bunches: a worker that still has more than half of its share gets none. That
 * does no harm where jobs are long: see share(). */
static void feed_ahead(struct process_pool *pool, nanos now)
{
    size_t workers = pool->options.workers;
    size_t each = (process_pool_unfinished(pool) + workers - 1) / workers;
    unsigned most = each < DEPTH ? (unsigned)each : DEPTH;
    for (size_t i = 0; pool->pending.first && i < workers; i++) {
        struct station *station = &pool->stations[i];
        unsigned room = station_room(station, most);
        if (room >= most / 2)
            give(pool, station, room, now);
    }
}

/* The worker with the most jobs. NULL when none has a job waiting. */
static struct station *longest_row(struct process_pool *pool, size_t *idle)
{
    struct station *longest = NULL;
    unsigned most = 1;
    *idle = 0;
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct station *station = &pool->stations[i];
        *idle += station_room(station, 1);
        if (station->count > most) {
            longest = station;
            most = station->count;
        }
    }
    return longest;
}

/* When there are no jobs left and workers are idle while others have jobs
 * waiting, what was sent ahead is taken back and goes to the idle ones. */
static void share(struct process_pool *pool, nanos now)
{
    size_t taken = 1, idle;
    while (taken && !pool->pending.first && pool->at_workers > 1) {
        struct station *longest = longest_row(pool, &idle);
        if (!longest || !idle)
            return;
        size_t half = longest->count / 2;
        station_take_back(longest, idle < half ? idle : half, &pool->pending);
        taken = pool->pending.count;
        pool->at_workers -= taken;
        feed_the_idle(pool, now);
    }
}

/* It has nothing to do but to end. Should it be stopped just then, it is
 * killed, so that another can take its place. */
static void retire(struct process_pool *pool, struct station *station,
                   nanos now)
{
    station_retire(station);
    station->kill_at = nanos_after(now, FAREWELL);
    pool->check_at = nanos_earlier(pool->check_at, station->kill_at);
}

static void flush(struct process_pool *pool, nanos now)
{
    size_t lifetime = pool->options.jobs_per_worker;
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct station *station = &pool->stations[i];
        if (!station->pid || station->retired)
            continue;
        if (station->outbox.size)
            pool_send(pool, station);
        if (lifetime && station->given >= lifetime && station->count == 0)
            retire(pool, station, now);
    }
}

void pool_dispatch(struct process_pool *pool, nanos now)
{
    feed_the_idle(pool, now);
    start_workers(pool);
    feed_ahead(pool, now);
    share(pool, now);
    flush(pool, now);
    if (pool->broken)
        fail_pending(pool, pool->broken);
}
