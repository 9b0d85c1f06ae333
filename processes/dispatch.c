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
        error = -errno; /* whatever it said, nobody would hear it */
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

/* First one job for each who has none, */
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

/* then as many new workers as there are jobs. If one cannot be had now, those
 * that are there must do; if there are none, nobody can do these jobs. */
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

/* Then the rest ahead, the same for everybody, and in bunches: whoever has half
 * of his does not get one more. That does no harm where jobs are long: see
 * share(). */
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

/* Whose row is the longest? NULL when nobody has one waiting. */
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

/* No jobs left, and somebody idle, while others have jobs waiting before them:
 * what was sent ahead is taken back and goes to the idle. */
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
 * killed, or nobody could take its place. */
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
