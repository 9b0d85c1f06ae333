/* SPDX-License-Identifier: MIT */
#include "processes/pool_private.h"

#include "base/clock.h"
#include "base/contract.h"
#include "processes/worker.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* How many workers in a row may die before they have begun, or before they have
 * begun a job; and how many may be killed because they have not begun it within
 * its time. */
enum { START_ATTEMPTS = 10, TIMED_ATTEMPTS = 3 };

/* No job takes as long; a sum of many such spans does not overflow. */
#define SPENT_MAX (INT64_MAX / 256)

/* ---- done ---- */

/* done() may submit jobs and cancel all of them. So nothing that it can reach
 * may be half changed when it is called, and whatever was known about a worker
 * before may be wrong after it: it may be gone. */
void pool_finish(struct process_pool *pool, struct process_job *job,
                 const struct process_answer *answer)
{
    pool->done++;
    pool->inside_done++;
    job->done(job, answer);
    pool->inside_done--;
}

void pool_finish_all(struct process_pool *pool, struct job_list jobs,
                     const struct process_answer *answer)
{
    struct process_job *job;
    pool->finishing += jobs.count;
    while ((job = job_list_take(&jobs))) {
        pool->finishing--;
        pool_finish(pool, job, answer);
    }
}

void pool_fail_all(struct process_pool *pool, struct job_list jobs, int error)
{
    struct process_answer answer = {.error = error,
                                    .status = pool->broken_status};
    pool_finish_all(pool, jobs, &answer);
}

/* ---- a worker is lost ---- */

/* A worker that began its first job has started well, whatever killed it later,
 * and one that we killed has not started badly. Workers that never come so far
 * would be replaced for ever, so they break the pool. */
static void judge_start(struct process_pool *pool, const struct turns *turns,
                        int error, int status)
{
    int initialised = __atomic_load_n(&turns->initialised, __ATOMIC_ACQUIRE);
    if (initialised < 0)
        pool->broken = initialised;
    else if (initialised > 0)
        pool->failed_starts = 0;
    else if (error == -EOWNERDEAD && ++pool->failed_starts >= START_ATTEMPTS)
        pool->broken = -EOWNERDEAD;
    if (pool->broken)
        pool->broken_status = status;
}

/* The job whose turn it was and that was taken back all the same: the worker
 * had died or been stopped before, or is slow to start. Another one may do it,
 * but not for ever. */
static void judge_taken_back(struct process_pool *pool, struct process_job *job,
                             const struct process_answer *answer)
{
    int most = answer->error == -ETIME ? TIMED_ATTEMPTS : START_ATTEMPTS;
    if (pool->pending.first != job || ++job->attempts < most)
        return;
    job_list_take(&pool->pending);
    pool_finish(pool, job, answer);
}

void pool_lose(struct process_pool *pool, struct station *station, int error)
{
    REQUIRE(station->pid > 0, "pool_lose: a station that has a worker");
    struct process_answer answer = {
        .error = error, .pid = station->pid, .slot = station->slot};
    /* Closing would do, but for a process that the program has forked with all
     * it had: that one still holds the channel. */
    epoll_ctl(pool->epoll, EPOLL_CTL_DEL, station->channel, NULL);
    answer.status = station_stop(station);
    pool->alive--;
    judge_start(pool, station->turns, error, answer.status);

    unsigned before = station->count;
    struct process_job *turn = station->jobs[station->first % TURN_COUNT];
    station_take_back(station, TURN_COUNT, &pool->pending);
    struct job_list begun = station_take_begun(station);
    pool->at_workers -= before;
    /* No worker is there now, whatever done() does. */
    if (before && error != -ECANCELED)
        judge_taken_back(pool, turn, &answer);
    pool_finish_all(pool, begun, &answer);
}

/* ---- answers ---- */

static void take_answer(struct process_pool *pool, struct station *station,
                        const struct answer_head *head, const char *result,
                        nanos now)
{
    struct process_job *job = station_finish(station, head->number, now);
    if (!job)
        return;
    pool->at_workers--;
    pool->check_at = nanos_earlier(pool->check_at, station->kill_at);
    pool->failed_starts = 0;
    pool->typical += (head->spent - pool->typical) / (pool->typical ? 8 : 1);
    struct process_answer answer = {.error = head->error,
                                    .result = {result, head->size},
                                    .pid = station->pid,
                                    .slot = station->slot};
    pool_finish(pool, job, &answer);
}

/* A worker runs what it was given, and that may have written to any memory and
 * any descriptor: what comes from it may be anything. */
static bool is_plausible(const struct answer_head *head)
{
    return head->size < SIZE_MAX / 4 && head->spent >= 0 &&
           head->spent < SPENT_MAX;
}

/* Takes whole answers from the front; how many bytes, or -EBADMSG. *missing:
 * how many more the next answer needs. */
static ssize_t take_answers(struct process_pool *pool, struct station *station,
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
        take_answer(pool, station, &head, bytes.data + taken + sizeof head,
                    now);
        taken += needed;
    }
}

/* Most answers come whole, and are read where they fell. Of one that did not,
 * what has come is kept in the worker's inbox until the rest is there. */
static ssize_t take_in(struct process_pool *pool, struct station *station,
                       nanos now)
{
    struct buffer *inbox = &station->inbox;
    bool begun = inbox->size > 0;
    size_t missing = 0;
    char *to = begun ? inbox->data + inbox->size : pool->scratch;
    size_t room = begun ? inbox->capacity - inbox->size : PIECE;
    ssize_t count = recv(station->channel, to, room, MSG_DONTWAIT);
    if (count <= 0)
        return count < 0 ? -errno : 0;
    struct slice bytes = {pool->scratch, (size_t)count};
    if (begun) {
        inbox->size += (size_t)count;
        bytes = buffer_slice(inbox);
    }
    ssize_t taken = take_answers(pool, station, bytes, &missing, now);
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
        buffer_deinit(inbox); /* a large one came: give its memory back */
    return count;
}

/* Nothing more comes from this worker. ENOMEM and EBADMSG, too: without what it
 * says, it is of no use. */
static bool is_the_end(ssize_t count)
{
    return count == 0 || (count < 0 && count != -EAGAIN && count != -EINTR);
}

void pool_receive(struct process_pool *pool, struct station *station, nanos now)
{
    if (is_the_end(take_in(pool, station, now)) && station->pid)
        pool_lose(pool, station, -EOWNERDEAD);
}

void pool_enforce_time_limits(struct process_pool *pool, nanos now)
{
    if (now < pool->check_at)
        return;
    pool->check_at = NEVER;
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct station *station = &pool->stations[i];
        if (!station->pid)
            continue;
        ssize_t count = 1;
        while (now >= station->kill_at && count > 0)
            count = take_in(pool, station, now); /* it may have just answered */
        if (now >= station->kill_at)
            pool_lose(pool, station, -ETIME);
        else if (is_the_end(count) && station->pid)
            pool_lose(pool, station, -EOWNERDEAD);
        else
            pool->check_at = nanos_earlier(pool->check_at, station->kill_at);
    }
}
