/* SPDX-License-Identifier: MIT */
#include "processes/pool/worker_pool_internal.h"

#include "processes/pool/worker_main_internal.h"

#include <errno.h>
#include <sys/socket.h>

/* Longer than any job; a sum of many such spans does not overflow. */
#define SPENT_MAX (INT64_MAX / 256)

/* ---- done ---- */

/* done() may submit jobs and cancel all of them. So everything that it can
 * reach must be consistent when it is called, and what was known of a worker
 * must be checked again afterwards: the worker may be gone. */
void pool_finish(struct worker_pool *pool, struct process_job *job,
                 const struct process_answer *answer)
{
    pool->done++;
    pool->inside_done++;
    job->done(job, answer);
    pool->inside_done--;
}

void pool_finish_all(struct worker_pool *pool, struct job_list jobs,
                     const struct process_answer *answer)
{
    struct process_job *job;
    pool->finishing += jobs.count;
    while ((job = job_list_take(&jobs))) {
        pool->finishing--;
        pool_finish(pool, job, answer);
    }
}

void pool_fail_all(struct worker_pool *pool, struct job_list jobs, int error)
{
    struct process_answer answer = {.error = error,
                                    .status = pool->broken_status};
    pool_finish_all(pool, jobs, &answer);
}

/* ---- answers ---- */

static void take_answer(struct worker_pool *pool, struct worker *worker,
                        const struct answer_head *head, const char *result,
                        nanos now)
{
    struct process_job *job = worker_finish(worker, head->number, now);
    if (!job)
        return;
    pool->at_workers--;
    pool->check_at = nanos_earlier(pool->check_at, worker->kill_at);
    pool->failed_starts = 0;
    pool->typical += (head->spent - pool->typical) / (pool->typical ? 8 : 1);
    struct process_answer answer = {.error = head->error,
                                    .result = {result, head->size},
                                    .pid = worker->pid,
                                    .slot = worker->slot};
    pool_finish(pool, job, &answer);
}

/* A worker runs what it was given, which may have written to any memory and any
 * descriptor. So its answers are not trusted. */
static bool is_plausible(const struct answer_head *head)
{
    return head->size < SIZE_MAX / 4 && head->spent >= 0 &&
           head->spent < SPENT_MAX;
}

/* Takes whole answers from the front. Returns how many bytes they had, or
 * -EBADMSG; *missing is how many more bytes the next answer needs. */
static ssize_t take_answers(struct worker_pool *pool, struct worker *worker,
                            struct slice bytes, size_t *missing, nanos now)
{
    struct answer_head head;
    size_t taken = 0;
    for (;;) {
        size_t there = bytes.size - taken, needed = sizeof head;
        if (there >= sizeof head) {
            memcpy(&head, bytes.data + taken, sizeof head);
            if (!is_plausible(&head))
                return -EBADMSG;
            needed += head.size;
        }
        if (there < needed) {
            *missing = needed - there;
            return (ssize_t)taken;
        }
        take_answer(pool, worker, &head, bytes.data + taken + sizeof head, now);
        taken += needed;
    }
}

/* Most answers come whole and are read in place. A part of one is kept in the
 * worker's inbox until the rest has come. */
static ssize_t take_in(struct worker_pool *pool, struct worker *worker,
                       nanos now)
{
    struct buffer *inbox = &worker->inbox;
    bool begun = inbox->size > 0;
    size_t missing = 0;
    char *to = begun ? inbox->data + inbox->size : pool->scratch;
    size_t room = begun ? inbox->capacity - inbox->size : PIECE;
    ssize_t count = recv(worker->channel, to, room, MSG_DONTWAIT);
    if (count <= 0)
        return count < 0 ? -errno : 0;
    struct slice bytes = {pool->scratch, (size_t)count};
    if (begun) {
        inbox->size += (size_t)count;
        bytes = buffer_slice(inbox);
    }
    ssize_t taken = take_answers(pool, worker, bytes, &missing, now);
    if (taken < 0)
        return taken;
    bytes.data += taken;
    bytes.size -= (size_t)taken;
    if (begun) {
        memmove(inbox->data, bytes.data, bytes.size);
        inbox->size = bytes.size;
    } else if (buffer_append(inbox, bytes.data, bytes.size)) {
        return -ENOMEM;
    }
    if (inbox->size && buffer_reserve(inbox, missing))
        return -ENOMEM;
    if (!inbox->size && inbox->capacity > PIECE)
        buffer_deinit(inbox); /* give back the memory of a large answer */
    return count;
}

/* Nothing more comes from this worker. This includes ENOMEM and EBADMSG: a
 * worker whose answers cannot be read is of no use. */
static bool is_the_end(ssize_t count)
{
    return count == 0 || (count < 0 && count != -EAGAIN && count != -EINTR);
}

/* A lack of memory in this process is not the worker's fault. */
static void lose(struct worker_pool *pool, struct worker *worker, ssize_t count)
{
    pool_lose(pool, worker, count == -ENOMEM ? -ENOMEM : -EOWNERDEAD);
}

void pool_receive(struct worker_pool *pool, struct worker *worker, nanos now)
{
    ssize_t count = take_in(pool, worker, now);
    if (is_the_end(count) && worker->pid)
        lose(pool, worker, count);
}

void pool_enforce_time_limits(struct worker_pool *pool, nanos now)
{
    if (now < pool->check_at)
        return;
    pool->check_at = NEVER;
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct worker *worker = &pool->workers[i];
        if (!worker->pid)
            continue;
        ssize_t count = 1;
        while (now >= worker->kill_at && count > 0)
            count = take_in(pool, worker, now); /* it may have answered just
                                                 * now */
        if (now >= worker->kill_at)
            pool_lose(pool, worker, -ETIME);
        else if (is_the_end(count) && worker->pid)
            lose(pool, worker, count);
        else
            pool->check_at = nanos_earlier(pool->check_at, worker->kill_at);
    }
}
