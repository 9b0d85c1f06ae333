/* SPDX-License-Identifier: MIT */
#include "processes/pool/worker_internal.h"

#include "base/contract.h"
#include "processes/child.h"
#include "processes/pool/worker_main_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

void job_list_append(struct job_list *list, struct process_job *job)
{
    job->next = NULL;
    if (list->first)
        list->last->next = job;
    else
        list->first = job;
    list->last = job;
    list->count++;
}

void job_list_prepend(struct job_list *list, struct process_job *job)
{
    job->next = list->first;
    if (!list->first)
        list->last = job;
    list->first = job;
    list->count++;
}

struct process_job *job_list_take(struct job_list *list)
{
    struct process_job *job = list->first;
    if (job) {
        list->first = job->next;
        list->count--;
    }
    return job;
}

int worker_start(struct worker *worker,
                 const struct worker_pool_options *options)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    memset(worker->turns, 0, sizeof *worker->turns);
    pid_t pid = child_fork(ends[1]);
    if (pid == 0)
        worker_main(options, worker->turns);
    close(ends[1]); /* only the worker holds it: its death closes it */
    if (pid < 0) {
        close(ends[0]);
        return pid;
    }
    worker->pid = pid;
    worker->channel = ends[0];
    worker->given = 0;
    worker->retired = worker->blocked = false;
    worker->first = worker->next = 1; /* turn 0 belongs to no job */
    worker->count = 0;
    worker->kill_at = NEVER;
    worker->sent = 0;
    buffer_clear(&worker->outbox);
    buffer_clear(&worker->inbox);
    return 0;
}

unsigned worker_room(const struct worker *worker, unsigned depth)
{
    if (!worker->pid || worker->retired || worker->dismissed ||
        worker->count >= depth)
        return 0;
    /* The turn of a job that was taken back is free again only when all jobs
     * before it are done. */
    unsigned turns = TURN_COUNT - (worker->next - worker->first);
    unsigned room = depth - worker->count;
    return room < turns ? room : turns;
}

static void start_time_limit(struct worker *worker, nanos now)
{
    const struct process_job *job = worker->jobs[worker->first % TURN_COUNT];
    worker->kill_at = worker->count ? nanos_after(now, job->time_limit) : NEVER;
}

int worker_give(struct worker *worker, struct process_job *job, nanos now)
{
    struct buffer *out = &worker->outbox;
    struct job_head head = {job->argument.size, job->run, worker->next};
    int error = buffer_reserve(out, sizeof head + job->argument.size);
    if (error)
        return error;
    buffer_append(out, &head, sizeof head);
    buffer_append(out, job->argument.data, job->argument.size);
    turn_send(worker->turns, worker->next);
    if (worker->count == 0)
        worker->first = worker->next;
    worker->jobs[worker->next++ % TURN_COUNT] = job;
    worker->given++;
    if (worker->count++ == 0)
        start_time_limit(worker, now);
    return 0;
}

bool worker_flush(struct worker *worker)
{
    struct buffer *out = &worker->outbox;
    while (worker->sent < out->size) {
        ssize_t count =
            send(worker->channel, out->data + worker->sent,
                 out->size - worker->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            return false;
        if (count < 0) {
            /* It is dead, or as good as dead: it never received these jobs. The
             * channel will say so when it is read. */
            shutdown(worker->channel, SHUT_RDWR);
            break;
        }
        worker->sent += (size_t)count;
    }
    worker->sent = 0;
    buffer_clear(out);
    return true;
}

void worker_retire(struct worker *worker)
{
    worker->retired = true;
    shutdown(worker->channel, SHUT_WR);
}

/* The first job left moves up. */
static void skip_absent_jobs(struct worker *worker)
{
    while (worker->first != worker->next &&
           !worker->jobs[worker->first % TURN_COUNT])
        worker->first++;
}

struct process_job *worker_finish(struct worker *worker, uint32_t number,
                                  nanos now)
{
    /* Job numbers overflow; their difference stays right. */
    if (number - worker->first >= worker->next - worker->first)
        return NULL;
    struct process_job *job = worker->jobs[number % TURN_COUNT];
    if (job) {
        worker->jobs[number % TURN_COUNT] = NULL;
        worker->count--;
        skip_absent_jobs(worker);
        start_time_limit(worker, now);
    }
    return job;
}

void worker_take_back(struct worker *worker, size_t most, struct job_list *list)
{
    uint32_t number = worker->next;
    while (most && number-- != worker->first) {
        struct process_job **job = &worker->jobs[number % TURN_COUNT];
        if (!*job || !turn_take_back(worker->turns, number))
            continue;
        job_list_prepend(list, *job);
        *job = NULL;
        worker->count--;
        worker->given--;
        most--;
    }
    skip_absent_jobs(worker);
    if (!worker->count)
        worker->kill_at = NEVER;
}

struct job_list worker_take_begun(struct worker *worker)
{
    struct job_list begun = {0};
    while (worker->count)
        job_list_append(&begun, worker_finish(worker, worker->first, NEVER));
    return begun;
}

int worker_stop(struct worker *worker)
{
    REQUIRE(worker->pid > 0, "worker_stop: a worker whose process was started");
    close(worker->channel);
    int status = child_reap(worker->pid);
    worker->pid = 0;
    return status;
}
