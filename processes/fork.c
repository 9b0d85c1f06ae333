/* SPDX-License-Identifier: MIT */
#include "processes/fork.h"

#include "blocking/clock.h"
#include "processes/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- one child ---- */

/* The whole life of a child. */
static _Noreturn void fetch_and_leave(struct blocking_worker *worker,
                                      const struct job *job,
                                      struct buffer *packed)
{
    blocking_worker_enter(worker);
    struct result *result = blocking_fetch(worker, job);
    buffer_clear(packed);
    if (result_pack(result, packed) ||
        child_write(CHILD_CHANNEL, buffer_slice(packed)))
        _exit(1);
    _exit(0);
}

static nanos kill_time(const struct job *job, nanos total_timeout, nanos now)
{
    nanos begin = job->earliest > now ? job->earliest : now;
    return nanos_after(nanos_after(begin, total_timeout), CHILD_GRACE);
}

enum { PIECE = 4096 }; /* room for a small page; more when more comes */

int fork_start(struct fork_child *child, struct blocking_worker *worker,
               const struct job *job)
{
    /* Memory for the result, for the child as for us: with that, and with
     * what the worker has, a child that fetches a small page allocates
     * nothing. */
    int error = buffer_reserve(&child->packed, PIECE);
    int ends[2];
    if (error)
        return error;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = child_fork(ends[1]);
    if (pid == 0)
        fetch_and_leave(worker, job, &child->packed);
    /* The child alone holds the end that writes, so its death closes it. */
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return pid;
    }
    child->pid = pid;
    child->pipe = ends[0];
    child->index = job->index;
    child->started = monotonic_now();
    child->kill_at =
        kill_time(job, worker->call.options->total_timeout, child->started);
    buffer_clear(&child->packed);
    return 0;
}

static void fail(const struct fork_child *child, enum fetch_error error,
                 int detail, struct result *result)
{
    result_clear(result);
    result_fail(result, error, detail);
    result->marks[MARK_START] = child->started;
    result->marks[MARK_DONE] = monotonic_now();
    result->doer = (struct doer){child->pid, child->pid, child->slot};
}

void fork_kill(struct fork_child *child, enum fetch_error error,
               struct result *result)
{
    close(child->pipe);
    child_reap(child->pid);
    fail(child, error, 0, result);
}

/* It has closed its pipe, or has said all there is to say: see it out. */
static void collect(struct fork_child *child, enum fetch_error error,
                    struct result *result)
{
    close(child->pipe);
    int status = child_reap(child->pid);
    if (error == FETCH_WORKER_DIED)
        fail(child, error, child_explain(status), result);
    else if (error)
        fail(child, error, 0, result);
}

bool fork_collect(struct fork_child *child, struct result *result)
{
    struct buffer *packed = &child->packed;
    if (buffer_reserve(packed, PIECE)) {
        collect(child, FETCH_NO_MEMORY, result);
        return true;
    }
    ssize_t count = read(child->pipe, packed->data + packed->size,
                         packed->capacity - packed->size);
    if (count < 0 && errno == EINTR)
        return false;
    if (count > 0)
        packed->size += (size_t)count;
    ssize_t unpacked = result_unpack(result, buffer_slice(packed));
    if (unpacked == 0 && count > 0)
        return false; /* more will come */
    collect(child, unpacked > 0 ? FETCH_OK : FETCH_WORKER_DIED, result);
    return true;
}

/* ---- the batch ---- */

enum { HEADERS = 2048 }; /* memory for the header fields of most pages */

struct nursery {
    struct batch *batch;
    struct blocking_worker worker; /* what every child is a copy of */
    struct result result;
    size_t running;
    struct fork_child *children; /* the first `running` are alive */
    struct pollfd *ready;        /* one for each, and one for the cancel */
};

static int nursery_init(struct nursery *nursery, struct batch *batch)
{
    *nursery = (struct nursery){.batch = batch};
    size_t most = batch->concurrency;
    struct buffer *headers =
        &nursery->worker.call.exchange.response.headers.text;
    result_init(&nursery->result);
    nursery->children = calloc(most, sizeof *nursery->children);
    nursery->ready = calloc(most + 1, sizeof *nursery->ready);
    for (size_t i = 0; nursery->children && i < most; i++)
        nursery->children[i].slot = (unsigned)i;
    /* Nobody cancels a child: it is killed. */
    int error = blocking_worker_init(&nursery->worker, batch->options, NULL, 0);
    if (!error && (!nursery->children || !nursery->ready ||
                   buffer_reserve(headers, HEADERS))) {
        blocking_worker_deinit(&nursery->worker);
        error = -ENOMEM;
    }
    return error;
}

static void nursery_deinit(struct nursery *nursery)
{
    if (nursery->children)
        for (size_t i = 0; i < nursery->batch->concurrency; i++)
            buffer_deinit(&nursery->children[i].packed);
    free(nursery->children);
    free(nursery->ready);
    result_deinit(&nursery->result);
}

/* The job could not even be begun. */
static void refuse(struct nursery *nursery, const struct job *job, int error)
{
    struct result *result = &nursery->result;
    result_clear(result);
    result_fail(result, fetch_error_from_errno(error), error);
    result->marks[MARK_START] = result->marks[MARK_DONE] = monotonic_now();
    batch_done(nursery->batch, job->index, result);
}

static void start_children(struct nursery *nursery)
{
    struct batch *batch = nursery->batch;
    struct job job;
    while (nursery->running < batch->concurrency && batch_next(batch, &job)) {
        struct fork_child *child = &nursery->children[nursery->running];
        nursery->worker.call.doer.slot = child->slot;
        int error = fork_start(child, &nursery->worker, &job);
        if (error)
            refuse(nursery, &job, error);
        else
            nursery->running++;
    }
}

/* Until a child has something to say, or one has to be killed. */
static void wait_for_children(struct nursery *nursery)
{
    nanos wake = NEVER;
    for (size_t i = 0; i < nursery->running; i++) {
        const struct fork_child *child = &nursery->children[i];
        nursery->ready[i] = (struct pollfd){child->pipe, POLLIN, 0};
        wake = nanos_earlier(wake, child->kill_at);
    }
    const struct cancel *cancel = nursery->batch->cancel;
    nursery->ready[nursery->running] =
        (struct pollfd){cancel ? cancel->fd : -1, POLLIN, 0};
    nanos span = nanos_until(wake, monotonic_now());
    struct timespec timeout = {span / NANOS_PER_SECOND,
                               span % NANOS_PER_SECOND};
    int count = ppoll(nursery->ready, nursery->running + 1,
                      span == NEVER ? NULL : &timeout, NULL);
    if (count <= 0) /* nobody: what the list says is not true then */
        for (size_t i = 0; i < nursery->running; i++)
            nursery->ready[i].revents = 0;
}

/* Its place goes to the last one. From back to front the last one has always
 * been looked at already. */
static void say_goodbye(struct nursery *nursery, size_t i)
{
    struct fork_child gone = nursery->children[i];
    nursery->children[i] = nursery->children[--nursery->running];
    nursery->children[nursery->running] = gone; /* its buffer stays in use */
    batch_done(nursery->batch, gone.index, &nursery->result);
}

static void collect_children(struct nursery *nursery)
{
    bool cancelled = batch_cancelled(nursery->batch);
    nanos now = monotonic_now();
    for (size_t i = nursery->running; i-- > 0;) {
        struct fork_child *child = &nursery->children[i];
        bool ended = true;
        if (cancelled)
            fork_kill(child, FETCH_CANCELLED, &nursery->result);
        else if (nursery->ready[i].revents)
            ended = fork_collect(child, &nursery->result);
        else if (now >= child->kill_at)
            fork_kill(child, FETCH_TIMEOUT, &nursery->result);
        else
            ended = false;
        if (ended)
            say_goodbye(nursery, i);
    }
}

static int fork_run(struct batch *batch)
{
    struct nursery nursery;
    int error = nursery_init(&nursery, batch);
    if (!error) {
        start_children(&nursery);
        while (nursery.running) {
            wait_for_children(&nursery);
            collect_children(&nursery);
            start_children(&nursery);
        }
        blocking_worker_deinit(&nursery.worker);
    }
    nursery_deinit(&nursery);
    return error;
}

const struct model fork_model = {
    .name = "fork",
    .family = "processes",
    .summary = "a process per request; each waits in recv(), the parent in "
               "poll() on their pipes",
    .can = CAN_OVERLAP | CAN_TIME_OUT | CAN_REDIRECT | CAN_CANCEL |
           CAN_START_LATER,
    .run = fork_run,
};
