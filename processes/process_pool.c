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

struct errand;

struct office {
    struct batch *batch;
    struct worker_pool *pool;
    struct fetcher fetcher; /* what the workers have a copy of */
    struct result result;
    struct errand *unused;
    struct errand *held; /* whose page begins again: see model.h */
    bool by_the_clock;   /* jobs have times at which they begin */
};

/* A job of the batch on its way to a worker and back. */
struct errand {
    struct process_job job;
    struct office *office;
    struct errand *next; /* while unused or held */
    struct job page;
    nanos sent;
    struct buffer argument;
};

static void put_errand(struct errand **list, struct errand *errand)
{
    errand->next = *list;
    *list = errand;
}

static struct errand *take_errand(struct errand **list)
{
    struct errand *errand = *list;
    if (errand)
        *list = errand->next;
    return errand;
}

static void explain_failure(struct result *result, const struct errand *errand,
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
    result->marks[MARK_START] = errand->sent;
    result->marks[MARK_DONE] = monotonic_now();
    result->doer.pid = result->doer.thread = answer->pid;
}

static void errand_done(struct process_job *job,
                        const struct process_answer *answer)
{
    struct errand *errand = container_of(job, struct errand, job);
    struct office *office = errand->office;
    struct process_answer bad = *answer;
    if (!bad.error) {
        ssize_t size = result_unpack(&office->result, answer->result);
        bool whole = size > 0 && (size_t)size == answer->result.size;
        bad.error = whole ? 0 : size < 0 ? (int)size : -EBADMSG;
    }
    if (bad.error)
        explain_failure(&office->result, errand, &bad);
    office->result.doer.slot = answer->slot;
    if (batch_do_with_fewer(office->batch, &errand->page, &office->result)) {
        put_errand(&office->held, errand);
        return;
    }
    put_errand(&office->unused, errand);
    batch_done(office->batch, errand->page.index, &office->result);
}

static struct errand *errand_new(struct office *office)
{
    struct errand *errand = take_errand(&office->unused);
    if (!errand)
        return calloc(1, sizeof *errand);
    buffer_clear(&errand->argument);
    return errand;
}

/* The limit that kills its worker: by then it should have given up by itself
 * long ago. */
static nanos time_limit(const struct office *office, const struct job *job,
                        nanos now)
{
    nanos span =
        nanos_after(office->batch->options->total_timeout, CHILD_GRACE);
    return nanos_after(span, nanos_until(job->earliest, now));
}

static int send_errand(struct office *office, const struct job *job, nanos now)
{
    struct errand *errand = errand_new(office);
    if (!errand)
        return -ENOMEM;
    struct order order = {job->index, job->earliest};
    int error = buffer_append(&errand->argument, &order, sizeof order);
    if (!error)
        error = request_pack(job->request, &errand->argument);
    if (error) {
        put_errand(&office->unused, errand);
        return error;
    }
    errand->office = office;
    errand->page = *job;
    errand->sent = now;
    errand->job.run = fetcher_fetch;
    errand->job.argument = buffer_slice(&errand->argument);
    errand->job.time_limit = time_limit(office, job, now);
    errand->job.done = errand_done;
    worker_pool_submit(office->pool, &errand->job);
    return 0;
}

/* A job that waits for its time occupies a worker meanwhile, so no other job
 * may be queued behind it: from then on a job is handed over only when a worker
 * is free. The same holds when fewer may be in flight than there are
 * workers. */
static bool has_room(const struct office *office)
{
    size_t most = batch_most(office->batch);
    bool one_each = office->by_the_clock || most < office->batch->concurrency;
    return worker_pool_has_room(office->pool) &&
           (!one_each || worker_pool_unfinished(office->pool) < most);
}

static bool next_job(struct office *office, struct job *job)
{
    struct errand *errand = take_errand(&office->held);
    if (!errand)
        return batch_next(office->batch, job);
    *job = errand->page;
    put_errand(&office->unused, errand);
    return true;
}

/* Hands the pool as many jobs as it can use. */
static void send_errands(struct office *office)
{
    nanos now = monotonic_now();
    struct job job;
    while (has_room(office) && next_job(office, &job)) {
        office->by_the_clock |= job.earliest > now;
        int error = send_errand(office, &job, now);
        if (!error)
            continue;
        result_clear(&office->result);
        result_fail(&office->result, fetch_error_from_errno(error), error);
        batch_done(office->batch, job.index, &office->result);
    }
}

static int work_through(struct office *office)
{
    int error = 0;
    send_errands(office);
    while (!error && worker_pool_unfinished(office->pool)) {
        error = worker_pool_wait(office->pool, NEVER);
        if (error || batch_cancelled(office->batch))
            worker_pool_cancel(office->pool);
        if (worker_pool_refused(office->pool))
            batch_tell_fewer(
                office->batch,
                fetch_error_from_errno(worker_pool_refused(office->pool)));
        if (!error)
            send_errands(office);
    }
    return error;
}

static int process_pool_run(struct batch *batch)
{
    struct office office = {.batch = batch};
    office.fetcher.options = batch->options;
    result_init(&office.result);
    struct worker_pool_options options = {
        .workers = batch->concurrency,
        .initialise = fetcher_begin,
        .context = &office.fetcher,
        .wake_fd = batch->cancel ? batch->cancel->fd : -1,
    };
    int error = worker_pool_new(&office.pool, &options);
    if (!error)
        error = work_through(&office);
    worker_pool_free(office.pool);
    struct errand *errand;
    while ((errand = take_errand(&office.unused))) {
        buffer_deinit(&errand->argument);
        free(errand);
    }
    result_deinit(&office.result);
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
