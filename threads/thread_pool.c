/* SPDX-License-Identifier: MIT */
/* Threads that are started once, each with a connection that it keeps.
 *
 *     caller's thread ── jobs, a bounded queue ──> workers
 *                     <── returns, in bunches ───
 *
 * Only the caller's thread may talk to the batch, and to wake it costs more
 * than to fetch a page. So jobs are queued ahead, and it sleeps until a bunch
 * of results has come back, but no longer than a moment.
 */
#include "threads/thread_pool.h"
#include "base/clock.h"
#include "base/container_of.h"
#include "blocking/worker.h"
#include "threads/queue.h"
#include "threads/thread.h"

#include <errno.h>
#include <stdlib.h>

/* How long a result may wait for others, to be handed over with them. */
#define MOMENT NANOS_PER_MILLISECOND

/* A job on its way to a worker, then its result on its way back. */
struct slot {
    struct queued queued;
    struct job job;
    struct result result;
};

/* What has come back. */
struct returns {
    /* The lock must be held for these. */
    pthread_mutex_t lock;
    pthread_cond_t enough;
    struct queued *first, **last;
    size_t count;
    size_t wanted; /* how many wake the caller; 0: it does not sleep */
};

struct pool;

struct worker {
    struct pool *pool;
    pthread_t thread;
    struct blocking_worker worker;
};

struct pool {
    struct batch *batch;
    struct thread_queue jobs;
    struct returns returns;
    struct worker *workers;
    size_t started;
    size_t at_work;       /* of those started, how many have not left. Only with
                           * the lock of `returns` */
    struct slot *slots;   /* as many as the queue has room for */
    struct queued *spare; /* slots without a job */
    size_t bunch;
    size_t out; /* jobs handed out whose results have not come back */
};

/* ---- what comes back ---- */

static int returns_init(struct returns *returns)
{
    *returns = (struct returns){.last = &returns->first};
    pthread_mutex_init(&returns->lock, NULL);
    return thread_condition_init(&returns->enough);
}

static void returns_deinit(struct returns *returns)
{
    pthread_cond_destroy(&returns->enough);
    pthread_mutex_destroy(&returns->lock);
}

static void return_slot(struct returns *returns, struct slot *slot)
{
    slot->queued.next = NULL;
    pthread_mutex_lock(&returns->lock);
    *returns->last = &slot->queued;
    returns->last = &slot->queued.next;
    returns->count++;
    bool wake = returns->wanted && returns->count >= returns->wanted;
    if (wake)
        returns->wanted = 0;
    pthread_mutex_unlock(&returns->lock);
    if (wake)
        pthread_cond_signal(&returns->enough);
}

/* With the lock held: sleeps until `wanted` have come back, or `until`. */
static void returns_wait(struct returns *returns, size_t wanted, nanos until)
{
    int error = 0;
    returns->wanted = wanted;
    while (returns->count < wanted && !error)
        error = thread_wait(&returns->enough, &returns->lock, until);
    returns->wanted = 0;
}

/* Takes all that has come back: a bunch, if it comes within a moment; else what
 * there is, and at least one. To wait for one only would cost a switch of
 * threads for each page. */
static struct queued *take_returned(struct returns *returns, size_t bunch)
{
    pthread_mutex_lock(&returns->lock);
    returns_wait(returns, bunch, monotonic_now() + MOMENT);
    returns_wait(returns, 1, NEVER);
    struct queued *all = returns->first;
    returns->first = NULL;
    returns->last = &returns->first;
    returns->count = 0;
    pthread_mutex_unlock(&returns->lock);
    return all;
}

/* ---- the workers' side ---- */

/* The result goes with the slot, the memory of the slot's last one stays with
 * the worker for its next. */
static void swap_results(struct result *a, struct result *b)
{
    struct result between = *a;
    *a = *b;
    *b = between;
}

/* A worker that was refused a descriptor leaves the work to those that have
 * one. The last worker stays. */
static bool may_leave(struct pool *pool)
{
    pthread_mutex_lock(&pool->returns.lock);
    bool others = pool->at_work > 1;
    if (others)
        pool->at_work--;
    pthread_mutex_unlock(&pool->returns.lock);
    return others;
}

static void *run_worker(void *argument)
{
    struct worker *self = argument;
    struct pool *pool = self->pool;
    struct queued *queued;
    bool leaves = false;
    blocking_worker_enter(&self->worker);
    while (!leaves && !thread_queue_take(&pool->jobs, &queued, NEVER)) {
        struct slot *slot = container_of(queued, struct slot, queued);
        struct result *result = blocking_fetch(&self->worker, &slot->job);
        leaves = result_is_refusal(result) && may_leave(pool);
        swap_results(&slot->result, result);
        return_slot(&pool->returns, slot);
    }
    return NULL;
}

static int start_worker(struct pool *pool)
{
    struct worker *worker = &pool->workers[pool->started];
    worker->pool = pool;
    int error =
        blocking_worker_init(&worker->worker, pool->batch->options,
                             pool->batch->cancel, (unsigned)pool->started);
    if (error)
        return error;
    /* Counted before it can leave, and only if it was started. */
    pthread_mutex_lock(&pool->returns.lock);
    error = thread_start(&worker->thread, run_worker, worker);
    pool->at_work += !error;
    pthread_mutex_unlock(&pool->returns.lock);
    if (error)
        blocking_worker_deinit(&worker->worker);
    else
        pool->started++;
    return error;
}

/* ---- the caller's side ---- */

/* If the system refuses one more thread, the threads that there are do its
 * work. */
static void start_another(struct pool *pool)
{
    int error = start_worker(pool);
    if (error)
        batch_tell_fewer(pool->batch, fetch_error_from_errno(error));
}

static void put_slot(struct pool *pool, struct slot *slot)
{
    slot->queued.next = pool->spare;
    pool->spare = &slot->queued;
}

/* Queues jobs until there are no more, or enough; starts a worker for each
 * until there are as many as may be in flight. All are queued at once: where
 * workers and caller share a core, the first worker that is woken would run
 * right away, and each would do its job and go to sleep again before the caller
 * has put the next one. */
static int queue_jobs(struct pool *pool)
{
    struct queued *first = NULL, **last = &first;
    while (pool->spare) {
        struct slot *slot = container_of(pool->spare, struct slot, queued);
        if (!pool->started) {
            int error = start_worker(pool);
            if (error)
                return error;
        }
        if (!batch_next(pool->batch, &slot->job))
            break;
        pool->spare = slot->queued.next;
        pool->out++;
        if (pool->out > pool->started &&
            pool->started < batch_most(pool->batch))
            start_another(pool);
        *last = &slot->queued;
        last = &slot->queued.next;
    }
    *last = NULL;
    thread_queue_put_chain(&pool->jobs, first);
    return 0;
}

static void collect_results(struct pool *pool)
{
    size_t bunch = pool->bunch < pool->out ? pool->bunch : pool->out;
    struct queued *next = take_returned(&pool->returns, bunch);
    while (next) {
        struct slot *slot = container_of(next, struct slot, queued);
        next = next->next;
        if (batch_do_with_fewer(pool->batch, &slot->job, &slot->result)) {
            slot->queued.next = NULL;
            thread_queue_put_chain(&pool->jobs, &slot->queued);
            continue;
        }
        pool->out--;
        batch_done(pool->batch, slot->job.index, &slot->result);
        put_slot(pool, slot);
    }
}

/* Four jobs are queued for each that is in flight: when half of them have been
 * taken a bunch of results is there, and the others last until the caller has
 * woken up. That takes a while: it is one thread among many, and does more than
 * each of them, so that a fair scheduler lets the others go first. */
static int pool_init(struct pool *pool, struct batch *batch)
{
    size_t workers = batch->concurrency;
    size_t bunch = workers < 8 ? 16 : workers > 256 ? 512 : 2 * workers;
    *pool = (struct pool){.batch = batch, .bunch = bunch};
    int error = returns_init(&pool->returns);
    if (!error)
        error = thread_queue_init(&pool->jobs, workers + 2 * bunch);
    pool->slots = calloc(pool->jobs.capacity, sizeof *pool->slots);
    pool->workers = calloc(workers, sizeof *pool->workers);
    if (error || !pool->slots || !pool->workers)
        return error ? error : -ENOMEM;
    for (size_t i = pool->jobs.capacity; i-- > 0;) {
        result_init(&pool->slots[i].result);
        put_slot(pool, &pool->slots[i]);
    }
    return 0;
}

static void pool_deinit(struct pool *pool)
{
    thread_queue_close(&pool->jobs);
    for (size_t i = 0; i < pool->started; i++) {
        pthread_join(pool->workers[i].thread, NULL);
        blocking_worker_deinit(&pool->workers[i].worker);
    }
    for (size_t i = 0; pool->slots && i < pool->jobs.capacity; i++)
        result_deinit(&pool->slots[i].result);
    returns_deinit(&pool->returns);
    thread_queue_deinit(&pool->jobs);
    free(pool->workers);
    free(pool->slots);
}

static int pool_run(struct batch *batch)
{
    struct pool pool;
    int error = pool_init(&pool, batch);
    while (!error && !(error = queue_jobs(&pool)) && pool.out)
        collect_results(&pool);
    pool_deinit(&pool);
    return error;
}

const struct model thread_pool_model = {
    .name = "thread-pool",
    .family = "threads",
    .summary = "threads started once, each with a connection of its own",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_REDIRECT |
           CAN_CANCEL | CAN_START_LATER | TAKES_AHEAD,
    .run = pool_run,
};
