/* SPDX-License-Identifier: MIT */
#include "processes/process_pool.h"

#include "base/clock.h"
#include "base/container_of.h"
#include "blocking/worker.h"
#include "processes/child.h"
#include "processes/pack.h"
#include "processes/pool/worker_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- in the worker ---- */

/* What a worker has: its connection, and the request it made last. */
struct fetcher {
    const struct call_options *options;
    struct blocking_worker worker;
    struct request request;
    struct buffer packed; /* what `request` was built from */
};

/* In front of the packed request. */
struct order {
    size_t index;
    nanos earliest;
};

static int fetcher_begin(void *context)
{
    struct fetcher *fetcher = context;
    /* NULL, because a worker is not cancelled: it is killed. */
    return blocking_worker_init(&fetcher->worker, fetcher->options, NULL, 0);
}

/* Batches often ask for the same page again; then the last request is used
 * again. */
static int fetcher_prepare(struct fetcher *fetcher, struct slice packed)
{
    if (slice_equal(packed, buffer_slice(&fetcher->packed)))
        return 0;
    request_deinit(&fetcher->request);
    buffer_clear(&fetcher->packed);
    int error = request_unpack(&fetcher->request, packed);
    return error ? error
                 : buffer_append(&fetcher->packed, packed.data, packed.size);
}

static int fetcher_fetch(void *context, struct slice argument,
                         struct buffer *answer)
{
    struct fetcher *fetcher = context;
    struct order order;
    if (argument.size < sizeof order)
        return -EBADMSG;
    memcpy(&order, argument.data, sizeof order);
    struct slice packed = {argument.data + sizeof order,
                           argument.size - sizeof order};
    int error = fetcher_prepare(fetcher, packed);
    if (error)
        return error;
    struct job job = {order.index, &fetcher->request, order.earliest};
    struct result *result = blocking_fetch(&fetcher->worker, &job);
    return result_pack(result, answer);
}

/* ---- in the parent ---- */

struct task;

struct parent {
    struct batch *batch;
    struct worker_pool *pool;
    struct fetcher fetcher; /* what the workers have a copy of */
    struct result result;
    struct task *unused;
    struct task *held; /* whose page begins again: see model.h */
    bool by_the_clock; /* jobs have times at which they begin */
};

/* A job of the batch on its way to a worker and back. */
struct task {
    struct process_job job;
    struct parent *parent;
    struct task *next; /* while unused or held */
    struct job page;
    nanos sent;
    struct buffer argument;
};

static void put_task(struct task **list, struct task *task)
{
    task->next = *list;
    *list = task;
}

static struct task *take_task(struct task **list)
{
    struct task *task = *list;
    if (task)
        *list = task->next;
    return task;
}

static void explain_failure(struct result *result, const struct task *task,
                            const struct process_answer *answer)
{
    result_clear(result);
    if (answer->error == -EOWNERDEAD)
        result_fail(result, FETCH_WORKER_DIED, child_explain(answer->status));
    else if (answer->error == -ETIME)
        result_fail(result, FETCH_TIMEOUT, 0);
    else
        result_fail(result, fetch_error_from_errno(answer->error),
                    answer->error);
    result->marks[MARK_START] = task->sent;
    result->marks[MARK_DONE] = monotonic_now();
    result->doer.pid = result->doer.thread = answer->pid;
}

/* A worker that was refused something leaves the work to those that have it. By
 * then it may have begun another job: that this one is refused, too, says
 * nothing new. */
static bool begins_again(struct parent *parent, const struct job *page,
                         const struct process_answer *answer)
{
    const struct result *result = &parent->result;
    if (answer->pid && worker_pool_has_dismissed(parent->pool, answer->slot))
        return batch_may_begin_again(parent->batch, page, result);
    if (!batch_do_with_fewer(parent->batch, page, result))
        return false;
    if (answer->pid)
        worker_pool_dismiss(parent->pool, answer->slot);
    return true;
}

static void on_task_done(struct process_job *job,
                         const struct process_answer *answer)
{
    struct task *task = container_of(job, struct task, job);
    struct parent *parent = task->parent;
    struct process_answer bad = *answer;
    if (!bad.error) {
        ssize_t size = result_unpack(&parent->result, answer->result);
        bool whole = size > 0 && (size_t)size == answer->result.size;
        bad.error = whole ? 0 : size < 0 ? (int)size : -EBADMSG;
    }
    if (bad.error)
        explain_failure(&parent->result, task, &bad);
    parent->result.doer.slot = answer->slot;
    if (begins_again(parent, &task->page, answer)) {
        put_task(&parent->held, task);
        return;
    }
    put_task(&parent->unused, task);
    batch_done(parent->batch, task->page.index, &parent->result);
}

static struct task *task_new(struct parent *parent)
{
    struct task *task = take_task(&parent->unused);
    if (!task)
        return calloc(1, sizeof *task);
    buffer_clear(&task->argument);
    return task;
}

/* The limit that kills its worker: by then it should have given up by itself
 * long ago. */
static nanos time_limit(const struct parent *parent, const struct job *job,
                        nanos now)
{
    nanos span =
        nanos_after(parent->batch->options->total_timeout, CHILD_GRACE);
    return nanos_after(span, nanos_until(job->earliest, now));
}

static int send_task(struct parent *parent, const struct job *job, nanos now)
{
    struct task *task = task_new(parent);
    if (!task)
        return -ENOMEM;
    struct order order = {job->index, job->earliest};
    int error = buffer_append(&task->argument, &order, sizeof order);
    if (!error)
        error = request_pack(job->request, &task->argument);
    if (error) {
        put_task(&parent->unused, task);
        return error;
    }
    task->parent = parent;
    task->page = *job;
    task->sent = now;
    task->job.run = fetcher_fetch;
    task->job.argument = buffer_slice(&task->argument);
    task->job.time_limit = time_limit(parent, job, now);
    task->job.done = on_task_done;
    worker_pool_submit(parent->pool, &task->job);
    return 0;
}

/* A job that waits for its time occupies a worker meanwhile, so no other job
 * may be queued behind it: from then on a job is handed over only when a worker
 * is free. The same holds when fewer may be in flight than there are
 * workers. */
static bool has_room(const struct parent *parent)
{
    size_t most = batch_most(parent->batch);
    bool one_each = parent->by_the_clock || most < parent->batch->concurrency;
    return worker_pool_has_room(parent->pool) &&
           (!one_each || worker_pool_unfinished(parent->pool) < most);
}

static bool next_job(struct parent *parent, struct job *job)
{
    struct task *task = take_task(&parent->held);
    if (!task)
        return batch_next(parent->batch, job);
    *job = task->page;
    put_task(&parent->unused, task);
    return true;
}

/* Hands the pool as many jobs as it can use. */
static void send_tasks(struct parent *parent)
{
    nanos now = monotonic_now();
    struct job job;
    while (has_room(parent) && next_job(parent, &job)) {
        parent->by_the_clock |= job.earliest > now;
        int error = send_task(parent, &job, now);
        if (!error)
            continue;
        result_clear(&parent->result);
        result_fail(&parent->result, fetch_error_from_errno(error), error);
        batch_done(parent->batch, job.index, &parent->result);
    }
}

static int run_jobs(struct parent *parent)
{
    int error = 0;
    send_tasks(parent);
    while (!error && worker_pool_unfinished(parent->pool)) {
        error = worker_pool_wait(parent->pool, NEVER);
        if (error || batch_cancelled(parent->batch))
            worker_pool_cancel(parent->pool);
        if (worker_pool_refused(parent->pool))
            batch_tell_fewer(
                parent->batch,
                fetch_error_from_errno(worker_pool_refused(parent->pool)));
        if (!error)
            send_tasks(parent);
    }
    return error;
}

static int process_pool_run(struct batch *batch)
{
    struct parent parent = {.batch = batch};
    parent.fetcher.options = batch->options;
    result_init(&parent.result);
    struct worker_pool_options options = {
        .workers = batch->concurrency,
        .initialise = fetcher_begin,
        .context = &parent.fetcher,
        .wake_fd = batch->cancel ? batch->cancel->fd : -1,
    };
    int error = worker_pool_new(&parent.pool, &options);
    if (!error)
        error = run_jobs(&parent);
    worker_pool_free(parent.pool);
    struct task *task;
    while ((task = take_task(&parent.unused))) {
        buffer_deinit(&task->argument);
        free(task);
    }
    result_deinit(&parent.result);
    return error;
}

const struct model process_pool_model = {
    .name = "process-pool",
    .family = "processes",
    .summary = "processes forked once; each waits in recv(), the parent in "
               "epoll_wait() for their results",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_REDIRECT |
           CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER | TAKES_AHEAD,
    .run = process_pool_run,
};
