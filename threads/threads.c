/* SPDX-License-Identifier: MIT */
#include "threads/threads.h"
#include "base/clock.h"
#include "base/container_of.h"
#include "blocking/worker.h"
#include "threads/queue.h"
#include "threads/thread.h"

#include <errno.h>
#include <stdlib.h>

/* What a thread is started with: its closure, as a higher language would call
 * it. It belongs to the thread until it is in `ended`, and to the caller's
 * thread before and afterwards, so two threads never look at it together. */
struct task {
    struct queued queued;
    struct thread_queue *ended;
    struct job job;
    pthread_t thread;
    struct blocking_worker worker;
};

/* The caller's side. */
struct caller {
    struct batch *batch;
    struct call_options options;
    struct thread_queue ended;
    struct queued *spare; /* without a thread */
    struct queued *held;  /* those whose job begins again: see model.h */
    unsigned made;
    size_t in_flight;
};

static void *run_task(void *argument)
{
    struct task *task = argument;
    blocking_worker_enter(&task->worker);
    blocking_fetch(&task->worker, &task->job);
    thread_queue_put_anyway(task->ended, &task->queued);
    return NULL;
}

/* Returns a free one, or a new one; NULL when out of memory. */
static struct task *take_task(struct caller *caller)
{
    struct task *task;
    if (caller->spare) {
        task = container_of(caller->spare, struct task, queued);
        caller->spare = task->queued.next;
        return task;
    }
    task = calloc(1, sizeof *task);
    if (task && blocking_worker_init(&task->worker, &caller->options,
                                     caller->batch->cancel, caller->made)) {
        free(task);
        return NULL;
    }
    if (task)
        caller->made++;
    return task;
}

static void put_task(struct caller *caller, struct task *task)
{
    task->queued.next = caller->spare;
    caller->spare = &task->queued;
}

/* Hands the result over, or holds the job, which then begins again. */
static void end_task(struct caller *caller, struct task *task)
{
    struct result *result = call_result(&task->worker.call);
    if (batch_do_with_fewer(caller->batch, &task->job, result)) {
        task->queued.next = caller->held;
        caller->held = &task->queued;
        return;
    }
    batch_done(caller->batch, task->job.index, result);
    put_task(caller, task);
}

/* Ends a job for which no thread could be started. */
static void refuse_task(struct caller *caller, struct task *task, int error)
{
    struct call *call = &task->worker.call;
    nanos now = monotonic_now();
    call_start(call, task->job.request, task->job.index, now);
    call_fail(call, fetch_error_from_errno(error), error, now);
    end_task(caller, task);
}

/* Takes a job: one that is held, or the next of the batch. 0 and NULL: there
 * are no more. */
static int next_task(struct caller *caller, struct task **task)
{
    *task = NULL;
    if (caller->held) {
        *task = container_of(caller->held, struct task, queued);
        caller->held = (*task)->queued.next;
        return 0;
    }
    *task = take_task(caller);
    if (!*task)
        return caller->in_flight ? 0 : -ENOMEM;
    if (!batch_next(caller->batch, &(*task)->job)) {
        put_task(caller, *task);
        *task = NULL;
    }
    return 0;
}

/* Starts threads until as many jobs are in flight as may be. */
static int start_threads(struct caller *caller)
{
    while (caller->in_flight < batch_most(caller->batch)) {
        struct task *task;
        int error = next_task(caller, &task);
        if (error || !task)
            return error;
        task->ended = &caller->ended;
        error = thread_start(&task->thread, run_task, task);
        if (error)
            refuse_task(caller, task, error);
        else
            caller->in_flight++;
    }
    return 0;
}

static void collect_task(struct caller *caller)
{
    struct queued *queued = NULL;
    thread_queue_take(&caller->ended, &queued, NEVER);
    struct task *task = container_of(queued, struct task, queued);
    pthread_join(task->thread, NULL);
    caller->in_flight--;
    end_task(caller, task);
}

static void caller_deinit(struct caller *caller)
{
    while (caller->spare) {
        struct task *task = take_task(caller);
        blocking_worker_deinit(&task->worker);
        free(task);
    }
    thread_queue_deinit(&caller->ended);
}

static int threads_run(struct batch *batch)
{
    struct caller caller = {.batch = batch, .options = *batch->options};
    caller.options.keep_alive = false; /* a thread fetches one page */
    int error = thread_queue_init(&caller.ended, 0);
    if (error)
        return error;
    while (!(error = start_threads(&caller)) && caller.in_flight)
        collect_task(&caller);
    caller_deinit(&caller);
    return error;
}

const struct model threads_model = {
    .name = "threads",
    .family = "threads",
    .summary = "a thread for each request; the kernel waits in each",
    .can = CAN_OVERLAP | CAN_TIME_OUT | CAN_REDIRECT | CAN_CANCEL |
           CAN_START_LATER,
    .run = threads_run,
};
