/* SPDX-License-Identifier: MIT */
/* Your pool as a contestant of the race: as many workers as pages may be in
 * flight, and the jobs in your queue. */
#include "blocking/worker.h"
#include "lessons/P2/threads.h"

#include <errno.h>
#include <stdlib.h>

const struct model *models_mine(void);

/* All jobs of a batch, and what fetches them: a blocking client for each
 * thread. */
struct run {
    struct batch *batch;
    struct task *tasks;
    size_t count, capacity;
    struct blocking_worker *clients;
    size_t ready, given; /* how many of the clients */
};

struct task {
    struct page page; /* first: one is the other */
    struct job job;
    struct result result;
    struct run *run;
};

/* The client of this thread. A thread lasts as long as its pool. */
static _Thread_local struct blocking_worker *own;

static void fetch(struct page *page)
{
    struct task *task = (struct task *)page;
    struct run *run = task->run;
    if (!own) {
        own =
            &run->clients[__atomic_fetch_add(&run->given, 1, __ATOMIC_RELAXED)];
        blocking_worker_enter(own);
    }
    struct result *result = blocking_fetch(own, &task->job);
    page->size = (size_t)result->body_bytes;
    result_move(&task->result, result);
}

static bool grow(struct run *run)
{
    if (run->count < run->capacity)
        return true;
    size_t capacity = run->capacity ? 2 * run->capacity : 64;
    struct task *more = realloc(run->tasks, capacity * sizeof *run->tasks);
    if (!more)
        return false;
    run->tasks = more;
    run->capacity = capacity;
    return true;
}

static void take_all_jobs(struct run *run)
{
    struct job job;
    while (grow(run) && batch_next(run->batch, &job)) {
        struct task *task = &run->tasks[run->count++];
        *task = (struct task){.page.fetch = fetch, .job = job, .run = run};
        result_init(&task->result);
        result_fail(&task->result, FETCH_SYSTEM, -ESHUTDOWN);
    }
}

static int make_clients(struct run *run)
{
    const struct batch *batch = run->batch;
    run->clients = calloc(batch->concurrency, sizeof *run->clients);
    int error = run->clients ? 0 : -ENOMEM;
    while (!error && run->ready < batch->concurrency) {
        error = blocking_worker_init(&run->clients[run->ready], batch->options,
                                     batch->cancel, (unsigned)run->ready);
        run->ready += !error;
    }
    return error;
}

static int fetch_everything(struct run *run)
{
    struct pool pool;
    int error = pool_start(&pool, run->ready);
    if (error)
        return error;
    for (size_t i = 0; i < run->count; i++)
        job_queue_put(&pool.queue, &run->tasks[i].page);
    pool_finish(&pool);
    return 0;
}

static void finish(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        struct task *task = &run->tasks[i];
        batch_done(run->batch, task->job.index, &task->result);
        result_deinit(&task->result);
    }
    for (size_t i = 0; i < run->ready; i++)
        blocking_worker_deinit(&run->clients[i]);
    free(run->clients);
    free(run->tasks);
}

static int mine_run(struct batch *batch)
{
    struct run run = {.batch = batch};
    int error = make_clients(&run);
    if (!error) {
        take_all_jobs(&run);
        error = fetch_everything(&run);
    }
    finish(&run);
    return error;
}

static const struct model mine = {
    .name = "mine",
    .family = "lessons",
    .summary = "a pool of threads, and a queue of jobs; yours, of lesson P2",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | TAKES_AHEAD,
    .run = mine_run,
};

const struct model *models_mine(void)
{
    return &mine;
}
