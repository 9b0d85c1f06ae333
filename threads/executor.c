/* SPDX-License-Identifier: MIT */
#include "threads/executor.h"

#include "base/container_of.h"
#include "base/contract.h"
#include "base/processors.h"
#include "threads/thread.h"

#include <errno.h>
#include <stdlib.h>

/* One of the executor's threads. It stays in the list until it is joined. */
struct worker {
    struct worker *next;
    struct executor *executor;
    pthread_t thread;
    bool busy; /* it is inside run() or done() */
    bool left; /* left behind: it is not joined, and frees itself */
    bool gone; /* it does no work any more */
};

struct executor {
    struct thread_queue queue;
    int (*initialize)(void *context);
    void *context;

    /* The lock must be held for these. */
    pthread_mutex_t lock;
    size_t most;
    struct worker *workers;
    size_t staying; /* workers that have not been told to leave */
    size_t pending; /* work handed over, and not yet done */
    size_t working; /* on it */
    bool closed;
    bool leaving;   /* no more work is begun */
    size_t holders; /* the owner, and the threads that are left behind */

    /* Held while threads are joined, so that two waiting callers share it. */
    pthread_mutex_t joining;
};

/* The executor that this thread belongs to. The list of workers does not tell:
 * a thread that is being joined is no longer in it. */
static _Thread_local const struct executor *own;

/* How many threads this process has left behind. Only their number outlives the
 * executors that they belonged to. */
static size_t left_behind; /* atomic */

size_t executor_left_behind(void)
{
    return __atomic_load_n(&left_behind, __ATOMIC_ACQUIRE);
}

static bool is_own_thread(const struct executor *executor)
{
    return own == executor;
}

/* The last holder frees it. */
static void executor_release(struct executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    bool last = --executor->holders == 0;
    pthread_mutex_unlock(&executor->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&executor->joining);
    pthread_mutex_destroy(&executor->lock);
    thread_queue_deinit(&executor->queue);
    free(executor);
}

/* ---- on our threads ---- */

static void count_work(struct executor *executor, int pending, int working)
{
    pthread_mutex_lock(&executor->lock);
    executor->pending += (size_t)pending;
    executor->working += (size_t)working;
    pthread_mutex_unlock(&executor->lock);
}

/* Work without a run() tells the thread that takes it to end. */
static bool ends_thread(const struct work *work)
{
    return !work->run;
}

static void drop_pending(struct executor *executor, int why)
{
    struct queued *item;
    while (!thread_queue_take(&executor->queue, &item, 0)) {
        struct work *work = container_of(item, struct work, queued);
        if (ends_thread(work)) {
            free(work);
            continue;
        }
        work->dropped = why;
        if (work->done)
            work->done(work);
        count_work(executor, -1, 0);
    }
}

/* From here on executor_leave does not wait for this thread. If it was called
 * after the work was taken it does wait for the thread, which then must not
 * begin anything that may take long: false. */
static bool begin_work(struct worker *worker)
{
    struct executor *executor = worker->executor;
    pthread_mutex_lock(&executor->lock);
    bool may = !executor->leaving;
    worker->busy = true;
    executor->working++;
    pthread_mutex_unlock(&executor->lock);
    return may;
}

static void end_work(struct worker *worker)
{
    struct executor *executor = worker->executor;
    pthread_mutex_lock(&executor->lock);
    worker->busy = false;
    executor->pending--;
    executor->working--;
    pthread_mutex_unlock(&executor->lock);
}

static void do_work(struct worker *worker, struct work *work)
{
    void (*done)(struct work *) = work->done;
    if (begin_work(worker))
        work->run(work);
    else
        work->dropped = -ECANCELED;
    if (done)
        done(work);
    end_work(worker);
}

static void close_executor(struct executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    executor->closed = true; /* before the queue: no thread may be started from
                              * here on */
    pthread_mutex_unlock(&executor->lock);
    thread_queue_close(&executor->queue);
}

static void work_until_told(struct worker *worker)
{
    struct queued *item;
    while (!thread_queue_take(&worker->executor->queue, &item, NEVER)) {
        struct work *work = container_of(item, struct work, queued);
        if (ends_thread(work)) {
            free(work);
            return;
        }
        do_work(worker, work);
    }
}

static void end_worker(struct worker *worker)
{
    struct executor *executor = worker->executor;
    pthread_mutex_lock(&executor->lock);
    worker->gone = true;
    bool left = worker->left;
    pthread_mutex_unlock(&executor->lock);
    if (!left)
        return;
    free(worker);
    executor_release(executor);
    __atomic_sub_fetch(&left_behind, 1, __ATOMIC_RELEASE);
}

static void *run_worker(void *argument)
{
    struct worker *worker = argument;
    struct executor *executor = worker->executor;
    own = executor;
    int error =
        executor->initialize ? executor->initialize(executor->context) : 0;
    if (error) {
        close_executor(executor);
        drop_pending(executor, error);
    } else {
        work_until_told(worker);
    }
    end_worker(worker);
    return NULL;
}

/* ---- starting threads: the lock is held ---- */

static void reap(struct executor *executor)
{
    struct worker **at = &executor->workers;
    while (*at) {
        struct worker *worker = *at;
        if (!worker->gone) {
            at = &worker->next;
            continue;
        }
        *at = worker->next;
        pthread_join(worker->thread, NULL); /* it is about to return */
        free(worker);
    }
}

static int start_worker(struct executor *executor)
{
    reap(executor);
    if (executor_left_behind() >= EXECUTOR_LEFT_BEHIND_MAX)
        return -EAGAIN; /* as the system says when it has too many */
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return -ENOMEM;
    worker->executor = executor;
    int error = thread_start(&worker->thread, run_worker, worker);
    if (error) {
        free(worker);
        return error;
    }
    worker->next = executor->workers;
    executor->workers = worker;
    executor->staying++;
    return 0;
}

/* Starts a thread for each piece of work, up to the most. If one cannot be
 * started, that is an error only if it would be the only one: else another
 * thread does the work. */
static int start_workers(struct executor *executor)
{
    int error = 0;
    while (!error && executor->pending > executor->staying &&
           executor->staying < executor->most)
        error = start_worker(executor);
    return executor->staying ? 0 : error;
}

/* ---- for any thread ---- */

int executor_new_with(struct executor **executor,
                      const struct executor_options *options)
{
    if (!options->threads)
        return -EINVAL;
    struct executor *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    int error = thread_queue_init(&made->queue, options->capacity);
    if (error) {
        free(made);
        return error;
    }
    made->holders = 1;
    made->most = options->threads;
    made->initialize = options->initialize;
    made->context = options->context;
    pthread_mutex_init(&made->lock, NULL);
    pthread_mutex_init(&made->joining, NULL);
    *executor = made;
    return 0;
}

int executor_new(struct executor **executor, size_t threads, size_t capacity)
{
    struct executor_options options = {.threads = threads,
                                       .capacity = capacity};
    return executor_new_with(executor, &options);
}

size_t executor_default_threads(void)
{
    size_t threads = processors_allowed() + 4;
    return threads < 32 ? threads : 32;
}

int executor_submit(struct executor *executor, struct work *work)
{
    work->dropped = 0;
    pthread_mutex_lock(&executor->lock);
    executor->pending++;
    int error = executor->closed ? -ESHUTDOWN : start_workers(executor);
    pthread_mutex_unlock(&executor->lock);
    if (!error && is_own_thread(executor))
        error = thread_queue_put_anyway(&executor->queue, &work->queued);
    else if (!error)
        error = thread_queue_put(&executor->queue, &work->queued, NEVER);
    if (error)
        count_work(executor, -1, 0);
    return error;
}

/* With the lock held. */
static int end_workers(struct executor *executor, size_t staying)
{
    while (executor->staying > staying) {
        struct work *end = calloc(1, sizeof *end);
        if (!end)
            return -ENOMEM;
        if (thread_queue_put_anyway(&executor->queue, &end->queued)) {
            free(end); /* closed: threads end anyway */
            return 0;
        }
        executor->staying--;
    }
    return 0;
}

int executor_resize(struct executor *executor, size_t threads)
{
    int error = 0;
    pthread_mutex_lock(&executor->lock);
    if (!executor->closed) {
        executor->most = threads;
        error = end_workers(executor, threads);
        start_workers(executor);
    }
    pthread_mutex_unlock(&executor->lock);
    return error;
}

void executor_count(struct executor *executor, struct executor_counts *counts)
{
    pthread_mutex_lock(&executor->lock);
    *counts = (struct executor_counts){
        .most = executor->most,
        .working = executor->working,
        .waiting = executor->pending - executor->working,
    };
    for (struct worker *worker = executor->workers; worker;
         worker = worker->next)
        counts->threads += !worker->gone;
    pthread_mutex_unlock(&executor->lock);
}

static struct worker *take_worker(struct executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    struct worker *worker = executor->workers;
    if (worker)
        executor->workers = worker->next;
    pthread_mutex_unlock(&executor->lock);
    return worker;
}

static void join_workers(struct executor *executor)
{
    struct worker *worker;
    pthread_mutex_lock(&executor->joining);
    while ((worker = take_worker(executor))) {
        pthread_join(worker->thread, NULL);
        free(worker);
    }
    pthread_mutex_unlock(&executor->joining);
}

void executor_shutdown(struct executor *executor, bool wait,
                       bool cancel_pending)
{
    REQUIRE(!wait || !is_own_thread(executor),
            "executor_shutdown: a thread of it does not wait for itself");
    close_executor(executor);
    pthread_mutex_lock(&executor->lock);
    bool is_without_workers = !executor->staying;
    pthread_mutex_unlock(&executor->lock);
    if (cancel_pending || is_without_workers)
        drop_pending(executor, -ECANCELED);
    if (wait)
        join_workers(executor);
}

void executor_free(struct executor *executor)
{
    if (!executor)
        return;
    executor_shutdown(executor, true, false);
    drop_pending(executor, -ECANCELED); /* those that told threads to leave */
    executor_release(executor);
}

/* ---- leaving without waiting ---- */

/* With the lock held: leaves the thread behind. False: it has to be joined,
 * because it is not at work, so that this does not take long, or because there
 * are too many left behind already. */
static bool leave_behind(struct worker *worker)
{
    size_t count = executor_left_behind();
    do
        if (!worker->busy || count >= EXECUTOR_LEFT_BEHIND_MAX)
            return false;
    while (!__atomic_compare_exchange_n(&left_behind, &count, count + 1, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    worker->left = true;
    worker->executor->holders++;
    pthread_setname_np(worker->thread, "left behind");
    pthread_detach(worker->thread);
    return true;
}

void executor_leave(struct executor *executor)
{
    if (!executor)
        return;
    pthread_mutex_lock(&executor->lock);
    executor->leaving = true;
    struct worker **at = &executor->workers;
    while (*at) {
        struct worker *next = (*at)->next;
        if (leave_behind(*at))
            *at = next;
        else
            at = &(*at)->next;
    }
    pthread_mutex_unlock(&executor->lock);
    executor_shutdown(executor, true, true);
    executor_release(executor);
}
