/* SPDX-License-Identifier: MIT */
#include "processes/pool/worker_pool_internal.h"

#include "base/clock.h"
#include "base/contract.h"
#include "base/probe.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    WAKE = -1, /* the wake descriptor, among those of workers */
};

/* How long answers may wait before they are read: see nap(). */
#define NAP_MIN (100 * NANOS_PER_MICROSECOND)
#define NAP_MAX (5 * NANOS_PER_MILLISECOND)

/* ---- its life ---- */

static int open_pool(struct worker_pool *pool)
{
    size_t workers = pool->options.workers;
    pool->workers = calloc(workers, sizeof *pool->workers);
    void *turns =
        mmap(NULL, workers * sizeof *pool->turns, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pool->turns = turns == MAP_FAILED ? NULL : turns;
    if (!pool->workers || !pool->turns)
        return -ENOMEM;
    for (size_t i = 0; i < workers; i++) {
        pool->workers[i].slot = (unsigned)i;
        pool->workers[i].turns = &pool->turns[i];
    }
    pool->epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = WAKE};
    int wake_fd = pool->options.wake_fd;
    if (pool->epoll < 0 ||
        (wake_fd >= 0 &&
         epoll_ctl(pool->epoll, EPOLL_CTL_ADD, wake_fd, &event) < 0))
        return -errno;
    return 0;
}

int worker_pool_new(struct worker_pool **made,
                    const struct worker_pool_options *options)
{
    *made = NULL;
    if (options->workers == 0 || options->workers > INT32_MAX)
        return -EINVAL;
    struct worker_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return -ENOMEM;
    pool->options = *options;
    pool->check_at = NEVER;
    pool->epoll = -1;
    int error = open_pool(pool);
    if (error)
        worker_pool_free(pool);
    else
        *made = pool;
    return error;
}

/* Waits until the worker has ended, which closes its channel, or until the time
 * is up; then it is killed. */
static void end_worker(struct worker *worker, nanos until)
{
    struct pollfd gone = {worker->channel, 0, 0};
    nanos left = nanos_until(until, monotonic_now());
    poll(&gone, 1, nanos_to_milliseconds(left));
    worker_stop(worker);
}

void worker_pool_free(struct worker_pool *pool)
{
    if (!pool)
        return;
    REQUIRE(!pool->inside_done, "worker_pool_free: not from inside done()");
    REQUIRE(!worker_pool_unfinished(pool),
            "worker_pool_free: all jobs are done or cancelled");
    size_t workers = pool->workers ? pool->options.workers : 0;
    for (size_t i = 0; i < workers; i++)
        if (pool->workers[i].pid)
            worker_retire(&pool->workers[i]);
    nanos until = nanos_after(monotonic_now(), END_TIME_LIMIT);
    for (size_t i = 0; i < workers; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->pid)
            end_worker(worker, until);
        buffer_deinit(&worker->inbox);
        buffer_deinit(&worker->outbox);
    }
    if (pool->epoll >= 0)
        close(pool->epoll);
    if (pool->turns)
        munmap(pool->turns, pool->options.workers * sizeof *pool->turns);
    free(pool->workers);
    free(pool);
}

/* ---- waiting ---- */

/* While every worker has jobs waiting, no answer is urgent: none of them idles
 * if we read it a little later. So we sleep for as long as half of the shortest
 * queue takes, and then read many answers at once, instead of being woken by
 * each. The other half keeps the workers busy while we read, and makes up for
 * an estimate that was too long. The wake descriptor and a signal end the sleep
 * early. True if it slept to the end. */
static bool nap(struct worker_pool *pool)
{
    unsigned least = pool->alive == pool->options.workers ? DEPTH : 0;
    for (size_t i = 0; least > 1 && i < pool->options.workers; i++)
        if (pool->workers[i].count < least)
            least = pool->workers[i].count;
    nanos span = pool->typical * (least / 2);
    if (span < NAP_MIN)
        return false;
    struct timespec timeout = nanos_to_timespec(nanos_earlier(span, NAP_MAX));
    struct pollfd wake = {pool->options.wake_fd, POLLIN, 0};
    return ppoll(&wake, 1, &timeout, NULL) == 0;
}

static void handle_events(struct worker_pool *pool, struct worker *worker,
                          unsigned events, nanos now)
{
    if (!worker->pid)
        return;
    if (events & EPOLLOUT)
        pool_send(pool, worker);
    if (events & ~(unsigned)EPOLLOUT)
        pool_receive(pool, worker, now);
}

/* Waits once and reads what has come. Returns 1 if woken from outside, 0, or a
 * negative errno. */
static int wait_once(struct worker_pool *pool, nanos until)
{
    struct epoll_event events[EVENTS];
    int count = 0, woken = 0;
    probe(PROBE_WAIT_BEGINS, PROBE_FOR_CHILD, 0, 0);
    if (nap(pool))
        /* After a nap only looks, without waiting: the answers of the nap are
         * there. A signal must not send us to sleep again instead: if one came
         * with each look, no answer would ever be read. */
        do
            count = epoll_wait(pool->epoll, events, EVENTS, 0);
        while (count < 0 && errno == EINTR);
    if (count == 0) {
        nanos wake = nanos_earlier(until, pool->check_at);
        nanos left = nanos_until(wake, monotonic_now());
        count = epoll_wait(pool->epoll, events, EVENTS,
                           nanos_to_milliseconds(left));
    }
    int error = count < 0 && errno != EINTR ? -errno : 0;
    probe(PROBE_WAIT_ENDS, PROBE_FOR_CHILD, count > 0 ? (size_t)count : 0, 0);
    if (count < 0)
        return error;
    nanos now = monotonic_now();
    for (int i = 0; i < count; i++)
        if (events[i].data.fd == WAKE)
            woken = 1;
        else
            handle_events(pool, &pool->workers[events[i].data.fd],
                          events[i].events, now);
    pool_enforce_time_limits(pool, now);
    return woken;
}

int worker_pool_wait(struct worker_pool *pool, nanos until)
{
    REQUIRE(!pool->inside_done, "worker_pool_wait: not from inside done()");
    size_t done = pool->done;
    int woken = 0;
    nanos now = monotonic_now();
    do {
        pool_dispatch(pool, now);
        bool nothing_to_wait_for =
            pool->options.wake_fd < 0 && worker_pool_unfinished(pool) == 0;
        if (pool->done == done && !nothing_to_wait_for)
            woken = wait_once(pool, until);
        if (nothing_to_wait_for)
            break;
        now = monotonic_now();
    } while (!woken && pool->done == done && now < until);
    return woken < 0 ? woken : 0;
}

/* ---- the owner's ---- */

void worker_pool_submit(struct worker_pool *pool, struct process_job *job)
{
    job->attempts = 0;
    job_list_append(&pool->pending, job);
}

int worker_pool_refused(const struct worker_pool *pool)
{
    return pool->refused;
}

static bool has_another(const struct worker_pool *pool, unsigned slot)
{
    for (size_t i = 0; i < pool->options.workers; i++)
        if (i != slot && !pool->workers[i].dismissed)
            return true;
    return false;
}

/* What it has begun ends as usual. It is told to end when it has no job left,
 * so that none is cut short by the limit within which it has to end. */
void worker_pool_dismiss(struct worker_pool *pool, unsigned slot)
{
    struct worker *worker = &pool->workers[slot];
    REQUIRE(!worker->dismissed && has_another(pool, slot),
            "worker_pool_dismiss: another worker, and not the last one");
    worker->dismissed = true;
    unsigned before = worker->count;
    worker_take_back(worker, TURN_COUNT, &pool->pending);
    pool->at_workers -= before - worker->count;
}

bool worker_pool_has_dismissed(const struct worker_pool *pool, unsigned slot)
{
    return pool->workers[slot].dismissed;
}

size_t worker_pool_unfinished(const struct worker_pool *pool)
{
    return pool->pending.count + pool->at_workers + pool->finishing;
}

bool worker_pool_has_room(const struct worker_pool *pool)
{
    return worker_pool_unfinished(pool) < pool->options.workers * DEPTH;
}

void worker_pool_cancel(struct worker_pool *pool)
{
    struct job_list jobs = pool->pending;
    pool->pending = (struct job_list){0};
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct worker *worker = &pool->workers[i];
        unsigned before = worker->count;
        if (!before)
            continue; /* worker_take_back would lift the limit of a retired
                       * worker, within which it has to end */
        worker_take_back(worker, TURN_COUNT, &jobs);
        pool->at_workers -= before - worker->count;
    }
    /* All jobs to be ended are in the list before the first done() is called,
     * for that may submit new ones, which are not to be ended. */
    size_t held = jobs.count;
    pool->finishing += held;
    for (size_t i = 0; i < pool->options.workers; i++)
        if (pool->workers[i].count)
            pool_lose(pool, &pool->workers[i], -ECANCELED);
    pool->finishing -= held;
    pool_fail_all(pool, jobs, -ECANCELED);
}

size_t worker_pool_pids(const struct worker_pool *pool, pid_t *pids,
                        size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < pool->options.workers; i++)
        if (pool->workers[i].pid && count < most)
            pids[count++] = pool->workers[i].pid;
    return pool->alive;
}
