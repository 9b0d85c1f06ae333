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
struct errand {
    struct queued queued;
    struct job_queue *ended;
    struct job job;
    pthread_t thread;
    struct blocking_worker worker;
};

/* The caller's side. */
struct office {
    struct batch *batch;
    struct call_options options;
    struct job_queue ended;
    struct queued *spare; /* without a thread */
    struct queued *held;  /* those whose job begins again: see model.h */
    unsigned made;
    size_t in_flight;
};

static void *run_errand(void *argument)
{
    struct errand *errand = argument;
    blocking_worker_enter(&errand->worker);
    blocking_fetch(&errand->worker, &errand->job);
    job_queue_put_anyway(errand->ended, &errand->queued);
    return NULL;
}

/* Returns a free one, or a new one; NULL when out of memory. */
static struct errand *take_errand(struct office *office)
{
    struct errand *errand;
    if (office->spare) {
        errand = container_of(office->spare, struct errand, queued);
        office->spare = errand->queued.next;
        return errand;
    }
    errand = calloc(1, sizeof *errand);
    if (errand && blocking_worker_init(&errand->worker, &office->options,
                                       office->batch->cancel, office->made)) {
        free(errand);
        return NULL;
    }
    if (errand)
        office->made++;
    return errand;
}

static void put_errand(struct office *office, struct errand *errand)
{
    errand->queued.next = office->spare;
    office->spare = &errand->queued;
}

/* Hands the result over, or holds the job, which then begins again. */
static void end_errand(struct office *office, struct errand *errand)
{
    struct result *result = call_result(&errand->worker.call);
    if (batch_do_with_fewer(office->batch, &errand->job, result)) {
        errand->queued.next = office->held;
        office->held = &errand->queued;
        return;
    }
    batch_done(office->batch, errand->job.index, result);
    put_errand(office, errand);
}

/* Ends a job for which no thread could be started. */
static void hand_back(struct office *office, struct errand *errand, int error)
{
    struct call *call = &errand->worker.call;
    nanos now = monotonic_now();
    call_start(call, errand->job.request, errand->job.index, now);
    call_fail(call, fetch_error_from_errno(error), error, now);
    end_errand(office, errand);
}

/* Takes a job: one that is held, or the next of the batch. 0 and NULL: there
 * are no more. */
static int next_errand(struct office *office, struct errand **errand)
{
    *errand = NULL;
    if (office->held) {
        *errand = container_of(office->held, struct errand, queued);
        office->held = (*errand)->queued.next;
        return 0;
    }
    *errand = take_errand(office);
    if (!*errand)
        return office->in_flight ? 0 : -ENOMEM;
    if (!batch_next(office->batch, &(*errand)->job)) {
        put_errand(office, *errand);
        *errand = NULL;
    }
    return 0;
}

/* Starts threads until as many jobs are in flight as may be. */
static int fill(struct office *office)
{
    while (office->in_flight < batch_most(office->batch)) {
        struct errand *errand;
        int failed = next_errand(office, &errand);
        if (failed || !errand)
            return failed;
        errand->ended = &office->ended;
        int error = thread_start(&errand->thread, run_errand, errand);
        if (error)
            hand_back(office, errand, error);
        else
            office->in_flight++;
    }
    return 0;
}

static void collect_one(struct office *office)
{
    struct queued *queued = NULL;
    job_queue_take(&office->ended, &queued, NEVER);
    struct errand *errand = container_of(queued, struct errand, queued);
    pthread_join(errand->thread, NULL);
    office->in_flight--;
    end_errand(office, errand);
}

static void close_office(struct office *office)
{
    while (office->spare) {
        struct errand *errand = take_errand(office);
        blocking_worker_deinit(&errand->worker);
        free(errand);
    }
    job_queue_deinit(&office->ended);
}

static int threads_run(struct batch *batch)
{
    struct office office = {.batch = batch, .options = *batch->options};
    office.options.keep_alive = false; /* a thread fetches one page */
    int error = job_queue_init(&office.ended, 0);
    if (error)
        return error;
    while (!(error = fill(&office)) && office.in_flight)
        collect_one(&office);
    close_office(&office);
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
