/* SPDX-License-Identifier: MIT */
#include "processes/executor.h"

#include "base/container_of.h"
#include "base/contract.h"
#include "base/signals.h"
#include "base/wakeup.h"
#include "threads/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct process_executor {
    struct thread_queue queue; /* calls not yet handed to the pool */
    int wake_fd;               /* tells our thread to look at the queue */
    size_t most_at_once;
    int terminated; /* atomic */
    size_t workers; /* atomic: of the pool, when last asked */
    pthread_t thread;

    /* Our thread only. */
    struct worker_pool *pool;

    /* The lock must be held for these. */
    pthread_mutex_t lock;
    bool joined;
};

/* A call, from submit until its future is done. */
struct task {
    struct queued queued;
    struct process_job job;
    struct concurrent_future *future;
    char argument[];
};

static void task_free(struct task *task)
{
    concurrent_future_unref(task->future);
    free(task);
}

/* ---- on our thread ---- */

static void drop_buffer(void *result)
{
    buffer_deinit(result);
    free(result);
}

static int give_result(struct concurrent_future *future, struct slice bytes)
{
    struct buffer *result = calloc(1, sizeof *result);
    if (!result || buffer_append(result, bytes.data, bytes.size)) {
        free(result);
        return -ENOMEM;
    }
    return concurrent_future_set_result(future, result, drop_buffer);
}

static void on_task_done(struct process_job *job,
                         const struct process_answer *answer)
{
    struct task *task = container_of(job, struct task, job);
    int error = answer->error;
    if (!error)
        error = give_result(task->future, answer->result);
    if (error)
        concurrent_future_set_error(task->future, error);
    task_free(task);
}

/* Hands the pool the calls that it can use soon; the others can still be
 * cancelled. */
static void feed_pool(struct process_executor *executor)
{
    struct queued *item;
    while (worker_pool_unfinished(executor->pool) < executor->most_at_once &&
           !thread_queue_take(&executor->queue, &item, 0)) {
        struct task *task = container_of(item, struct task, queued);
        if (concurrent_future_set_running(task->future))
            worker_pool_submit(executor->pool, &task->job);
        else
            task_free(task);
    }
}

static bool is_finished(struct process_executor *executor)
{
    struct thread_queue *queue = &executor->queue;
    pthread_mutex_lock(&queue->lock);
    bool finished = queue->closed && queue->size == 0;
    pthread_mutex_unlock(&queue->lock);
    return finished && worker_pool_unfinished(executor->pool) == 0;
}

static void *manage(void *argument)
{
    struct process_executor *executor = argument;
    for (;;) {
        /* The wake-up is cleared before the queue is looked at, or a call that
         * is put in between would be overlooked. */
        wakeup_clear(executor->wake_fd);
        if (__atomic_load_n(&executor->terminated, __ATOMIC_ACQUIRE))
            worker_pool_cancel(executor->pool);
        feed_pool(executor);
        if (is_finished(executor))
            break;
        worker_pool_wait(executor->pool, NEVER);
        __atomic_store_n(&executor->workers,
                         worker_pool_pids(executor->pool, NULL, 0),
                         __ATOMIC_RELAXED);
    }
    worker_pool_free(executor->pool);
    __atomic_store_n(&executor->workers, 0, __ATOMIC_RELAXED);
    return NULL;
}

/* ---- its life ---- */

/* With a stack of the usual size, unlike our other threads: the workers are
 * copies of this one, and the program's functions run on it. It receives no
 * signals from outside, and no more do they, which inherit its mask. */
static int start_thread(struct process_executor *executor)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    sigset_t outside;
    signals_from_outside(&outside);
    error = pthread_attr_setsigmask_np(&attributes, &outside);
    if (!error)
        error =
            pthread_create(&executor->thread, &attributes, manage, executor);
    pthread_attr_destroy(&attributes);
    return -error;
}

static int open_executor(struct process_executor *executor,
                         const struct process_executor_options *options)
{
    executor->wake_fd = wakeup_open();
    if (executor->wake_fd < 0)
        return executor->wake_fd;
    struct worker_pool_options pool = {
        .workers = options->workers,
        .jobs_per_worker = options->jobs_per_worker,
        .initialise = options->initialise,
        .context = options->context,
        .wake_fd = executor->wake_fd,
    };
    int error = worker_pool_new(&executor->pool, &pool);
    if (!error)
        error = start_thread(executor);
    if (error) {
        worker_pool_free(executor->pool);
        close(executor->wake_fd);
    }
    return error;
}

int process_executor_new(struct process_executor **made,
                         const struct process_executor_options *options)
{
    *made = NULL;
    struct process_executor *executor = calloc(1, sizeof *executor);
    if (!executor)
        return -ENOMEM;
    /* Each worker may have two calls: the one that it runs and the next one. */
    executor->most_at_once = 2 * options->workers;
    int error = thread_queue_init(&executor->queue, options->capacity);
    if (!error) {
        pthread_mutex_init(&executor->lock, NULL);
        error = open_executor(executor, options);
        if (error)
            thread_queue_deinit(&executor->queue);
    }
    if (error)
        free(executor);
    else
        *made = executor;
    return error;
}

static void cancel_waiting(struct process_executor *executor)
{
    struct queued *item;
    while (!thread_queue_take(&executor->queue, &item, 0)) {
        struct task *task = container_of(item, struct task, queued);
        if (concurrent_future_cancel(task->future))
            concurrent_future_set_running(task->future); /* it is known */
        task_free(task);
    }
}

void process_executor_shutdown(struct process_executor *executor, bool wait,
                               bool cancel_pending)
{
    thread_queue_close(&executor->queue);
    if (cancel_pending)
        cancel_waiting(executor);
    wakeup_set(executor->wake_fd);
    if (!wait)
        return;
    REQUIRE(!pthread_equal(pthread_self(), executor->thread) ||
                executor->joined,
            "process_executor_shutdown: its thread does not wait for itself");
    /* Of two callers that wait, the second waits for the first here, and the
     * first for the thread. */
    pthread_mutex_lock(&executor->lock);
    if (!executor->joined)
        pthread_join(executor->thread, NULL);
    executor->joined = true;
    pthread_mutex_unlock(&executor->lock);
}

void process_executor_terminate(struct process_executor *executor)
{
    thread_queue_close(&executor->queue);
    cancel_waiting(executor);
    __atomic_store_n(&executor->terminated, 1, __ATOMIC_RELEASE);
    wakeup_set(executor->wake_fd);
}

void process_executor_free(struct process_executor *executor)
{
    if (!executor)
        return;
    process_executor_shutdown(executor, true, false);
    thread_queue_deinit(&executor->queue);
    pthread_mutex_destroy(&executor->lock);
    close(executor->wake_fd);
    free(executor);
}

size_t process_executor_workers(struct process_executor *executor)
{
    return __atomic_load_n(&executor->workers, __ATOMIC_RELAXED);
}

/* ---- submit ---- */

static struct task *task_new(process_function run, struct slice argument,
                             nanos time_limit)
{
    struct task *task = malloc(sizeof *task + argument.size);
    struct concurrent_future *future = concurrent_future_new();
    if (!task || !future) {
        free(task);
        concurrent_future_unref(future);
        return NULL;
    }
    if (argument.size)
        memcpy(task->argument, argument.data, argument.size);
    task->future = future;
    task->job = (struct process_job){
        .run = run,
        .argument = {task->argument, argument.size},
        .time_limit = time_limit,
        .done = on_task_done,
    };
    return task;
}

int process_executor_submit(struct process_executor *executor,
                            process_function run, struct slice argument,
                            nanos time_limit, struct concurrent_future **future)
{
    struct task *task = task_new(run, argument, time_limit);
    if (!task)
        return -ENOMEM;
    *future = concurrent_future_ref(task->future);
    int error = pthread_equal(pthread_self(), executor->thread)
                    ? thread_queue_put_anyway(&executor->queue, &task->queued)
                    : thread_queue_put(&executor->queue, &task->queued, NEVER);
    if (error) {
        concurrent_future_unref(*future);
        *future = NULL;
        task_free(task);
        return error;
    }
    wakeup_set(executor->wake_fd);
    return 0;
}
