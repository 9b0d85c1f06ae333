/* SPDX-License-Identifier: MIT */
#include "threads/executor.h"
#include "threads/thread.h"

#include <errno.h>
#include <stdlib.h>

struct executor {
    struct job_queue queue;
    size_t most;

    /* The lock must be held for these. */
    pthread_mutex_t lock;
    size_t started;
    size_t pending; /* handed over, and not yet done: so many threads help */
    bool closed;

    /* Held while threads are joined, so that two who wait share the work. */
    pthread_mutex_t joining;
    size_t joined;

    pthread_t threads[];
};

static void count_as_done(struct executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    executor->pending--;
    pthread_mutex_unlock(&executor->lock);
}

static void *run_worker(void *argument)
{
    struct executor *executor = argument;
    struct queued *item;
    while (!job_queue_take(&executor->queue, &item, NEVER)) {
        struct work *work = (struct work *)item;
        void (*done)(struct work *) = work->done;
        work->run(work);
        if (done)
            done(work);
        count_as_done(executor);
    }
    return NULL;
}

int executor_new(struct executor **executor, size_t threads, size_t capacity)
{
    if (!threads || threads > SIZE_MAX / sizeof(pthread_t) / 2)
        return -EINVAL;
    struct executor *made =
        calloc(1, sizeof *made + threads * sizeof(pthread_t));
    if (!made)
        return -ENOMEM;
    int error = job_queue_init(&made->queue, capacity);
    if (error) {
        free(made);
        return error;
    }
    made->most = threads;
    pthread_mutex_init(&made->lock, NULL);
    pthread_mutex_init(&made->joining, NULL);
    *executor = made;
    return 0;
}

/* With the lock held. A thread that cannot be started is missed only when it
 * would be the first: else another one gets to the work. */
static int start_if_needed(struct executor *executor)
{
    if (executor->pending <= executor->started ||
        executor->started == executor->most)
        return 0;
    int error = thread_start(&executor->threads[executor->started], run_worker,
                             executor);
    if (!error)
        executor->started++;
    return executor->started ? 0 : error;
}

static bool is_own_thread(const struct executor *executor)
{
    for (size_t i = 0; i < executor->started; i++)
        if (pthread_equal(executor->threads[i], pthread_self()))
            return true;
    return false;
}

int executor_submit(struct executor *executor, struct work *work)
{
    work->dropped = false;
    pthread_mutex_lock(&executor->lock);
    executor->pending++;
    int error = executor->closed ? -ESHUTDOWN : start_if_needed(executor);
    bool inside = is_own_thread(executor);
    pthread_mutex_unlock(&executor->lock);
    if (!error && inside)
        error = job_queue_put_anyway(&executor->queue, &work->queued);
    else if (!error)
        error = job_queue_put(&executor->queue, &work->queued, NEVER);
    if (error)
        count_as_done(executor);
    return error;
}

static void drop_pending(struct executor *executor)
{
    struct queued *item;
    while (!job_queue_take(&executor->queue, &item, 0)) {
        struct work *work = (struct work *)item;
        work->dropped = true;
        if (work->done)
            work->done(work);
        count_as_done(executor);
    }
}

static void join_threads(struct executor *executor)
{
    pthread_mutex_lock(&executor->joining);
    while (executor->joined < executor->started)
        pthread_join(executor->threads[executor->joined++], NULL);
    pthread_mutex_unlock(&executor->joining);
}

void executor_shutdown(struct executor *executor, bool wait,
                       bool cancel_pending)
{
    pthread_mutex_lock(&executor->lock);
    executor->closed = true; /* so no thread is started any more */
    pthread_mutex_unlock(&executor->lock);
    job_queue_close(&executor->queue);
    if (cancel_pending)
        drop_pending(executor);
    if (wait)
        join_threads(executor);
}

void executor_free(struct executor *executor)
{
    if (!executor)
        return;
    executor_shutdown(executor, true, false);
    pthread_mutex_destroy(&executor->joining);
    pthread_mutex_destroy(&executor->lock);
    job_queue_deinit(&executor->queue);
    free(executor);
}
