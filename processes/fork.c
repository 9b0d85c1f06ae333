/* SPDX-License-Identifier: MIT */
#include "processes/fork.h"

#include "base/clock.h"
#include "base/probe.h"
#include "base/write_all.h"
#include "blocking/worker.h"
#include "processes/child.h"
#include "processes/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* One child, as its parent sees it. */
struct child {
    pid_t pid;
    int pipe;      /* where its result is read */
    unsigned slot; /* which of the batch's places it has */
    struct job job;
    nanos started;
    nanos kill_at;
    struct buffer part; /* of a result that does not come all at once */
};

/* A fork copies no memory, but it enters every page that the parent has into
 * the child's tables; the child's end takes each out again, and the first write
 * to one costs a copy. So the parent has few: one worker, whose copies all
 * children are, and no buffer for each. With that worker's memory a child that
 * fetches a small page allocates nothing. */
struct parent {
    struct batch *batch;
    struct blocking_worker worker; /* what every child is a copy of; the
                                    * parent reads into its scratch */
    struct result result;
    size_t running;
    struct child *children; /* the first `running` are alive */
    struct pollfd *ready;   /* one for each, and one for the cancel */
    struct job *held; /* jobs that begin again (model.h); NULL before the first
                       * one */
    size_t held_count;
};

/* ---- one child ---- */

/* The whole life of a child. */
static _Noreturn void child_main(struct parent *parent, const struct job *job)
{
    blocking_worker_enter(&parent->worker);
    struct result *result = blocking_fetch(&parent->worker, job);
    /* The page has been read, so the worker's buffer is free for the result. It
     * comes from malloc, so it grows if the result is larger. */
    struct buffer packed = {.data = parent->worker.scratch,
                            .capacity = BLOCKING_SCRATCH};
    bool said = result_pack_or_fail(result, &packed) == 0 &&
                write_all(CHILD_CHANNEL, buffer_slice(&packed)) == 0;
    _exit(said ? 0 : 1);
}

static nanos kill_time(const struct job *job, nanos total_timeout, nanos now)
{
    nanos begin = job->earliest > now ? job->earliest : now;
    return nanos_after(nanos_after(begin, total_timeout), CHILD_GRACE);
}

/* Forks a child that fetches the job with its copy of the worker, writes the
 * result and is gone. 0 or a negative errno. */
static int start_child(struct parent *parent, struct child *child,
                       const struct job *job)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    parent->worker.call.doer.slot = child->slot;
    pid_t pid = child_fork(ends[1]);
    if (pid == 0)
        child_main(parent, job);
    /* Only the child holds the writing end, so its death closes it. */
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return pid;
    }
    child->pid = pid;
    child->pipe = ends[0];
    child->job = *job;
    child->started = monotonic_now();
    child->kill_at =
        kill_time(job, parent->batch->options->total_timeout, child->started);
    return 0;
}

/* Makes the result of a child that has sent none that can be used: it has died,
 * was ended early, or sent more than there is memory for. */
static void fail_job(const struct child *child, enum fetch_error error,
                     int detail, struct result *result)
{
    result_clear(result);
    result_fail(result, error, detail);
    result->marks[MARK_START] = child->started;
    result->marks[MARK_DONE] = monotonic_now();
    result->doer = (struct doer){child->pid, child->pid, child->slot};
}

/* Ends the child, which has sent its result or is to be ignored, whatever it is
 * doing, and waits for it. Returns its status as from waitpid. */
static int end_child(struct child *child)
{
    close(child->pipe);
    buffer_deinit(&child->part);
    return child_reap(child->pid);
}

/* Reads the result from what has come so far, with this piece. Returns the
 * bytes used, 0 when more must come, or a negative errno. A small result comes
 * in one piece and is read where it lies, without a copy. */
static ssize_t take_piece(struct child *child, struct slice piece,
                          struct result *result)
{
    if (!child->part.size) {
        ssize_t used = result_unpack(result, piece);
        if (used)
            return used;
    }
    int error = buffer_append(&child->part, piece.data, piece.size);
    return error ? error : result_unpack(result, buffer_slice(&child->part));
}

/* Reads what there is, once poll() says that there is something. True when the
 * child has no more to say: then the result at hand is its result, or
 * FETCH_WORKER_DIED, and the child has been reaped. */
static bool collect_child(struct parent *parent, struct child *child)
{
    char *scratch = parent->worker.scratch;
    ssize_t count = read(child->pipe, scratch, BLOCKING_SCRATCH);
    if (count < 0 && errno == EINTR)
        return false;
    ssize_t used = 0;
    if (count > 0) {
        used = take_piece(child, (struct slice){scratch, (size_t)count},
                          &parent->result);
        if (used == 0)
            return false;
    }
    int status = end_child(child);
    if (used == -ENOMEM)
        fail_job(child, FETCH_NO_MEMORY, 0, &parent->result);
    else if (used <= 0)
        fail_job(child, FETCH_WORKER_DIED, child_explain(status),
                 &parent->result);
    return true;
}

static void end_early(struct parent *parent, struct child *child,
                      enum fetch_error error)
{
    end_child(child);
    fail_job(child, error, 0, &parent->result);
}

/* ---- the batch ---- */

enum { HEADERS = 2048 }; /* memory for the header fields of most pages */

static int parent_init(struct parent *parent, struct batch *batch)
{
    *parent = (struct parent){.batch = batch};
    size_t most = batch->concurrency;
    struct buffer *headers =
        &parent->worker.call.exchange.response.headers.text;
    result_init(&parent->result);
    parent->children = calloc(most, sizeof *parent->children);
    parent->ready = calloc(most + 1, sizeof *parent->ready);
    for (size_t i = 0; parent->children && i < most; i++)
        parent->children[i].slot = (unsigned)i;
    /* The worker gets no struct cancel: when the batch is cancelled, its
     * children are killed. */
    int error = blocking_worker_init(&parent->worker, batch->options, NULL, 0);
    if (!error && (!parent->children || !parent->ready ||
                   buffer_reserve(headers, HEADERS))) {
        blocking_worker_deinit(&parent->worker);
        error = -ENOMEM;
    }
    return error;
}

static void parent_deinit(struct parent *parent)
{
    free(parent->children);
    free(parent->ready);
    free(parent->held);
    result_deinit(&parent->result);
}

/* Hands over the result at hand, or holds the job, which then begins again. */
static void end_job(struct parent *parent, const struct job *job)
{
    struct batch *batch = parent->batch;
    if (!parent->held && result_is_refusal(&parent->result))
        parent->held = calloc(batch->concurrency, sizeof *parent->held);
    if (parent->held && batch_do_with_fewer(batch, job, &parent->result))
        parent->held[parent->held_count++] = *job;
    else
        batch_done(batch, job->index, &parent->result);
}

static bool next_job(struct parent *parent, struct job *job)
{
    if (!parent->held_count)
        return batch_next(parent->batch, job);
    *job = parent->held[--parent->held_count];
    return true;
}

/* Ends a job for which no child could be forked. */
static void refuse_job(struct parent *parent, const struct job *job, int error)
{
    struct result *result = &parent->result;
    result_clear(result);
    result_fail(result, fetch_error_from_errno(error), error);
    result->marks[MARK_START] = result->marks[MARK_DONE] = monotonic_now();
    end_job(parent, job);
}

static void start_children(struct parent *parent)
{
    struct job job;
    while (parent->running < batch_most(parent->batch) &&
           next_job(parent, &job)) {
        struct child *child = &parent->children[parent->running];
        int error = start_child(parent, child, &job);
        if (error)
            refuse_job(parent, &job, error);
        else
            parent->running++;
    }
}

/* Waits until a child has sent something, or one has to be killed. */
static void wait_for_children(struct parent *parent)
{
    nanos wake = NEVER;
    for (size_t i = 0; i < parent->running; i++) {
        const struct child *child = &parent->children[i];
        parent->ready[i] = (struct pollfd){child->pipe, POLLIN, 0};
        wake = nanos_earlier(wake, child->kill_at);
    }
    const struct cancel *cancel = parent->batch->cancel;
    parent->ready[parent->running] =
        (struct pollfd){cancel ? cancel->fd : -1, POLLIN, 0};
    nanos span = nanos_until(wake, monotonic_now());
    struct timespec timeout = nanos_to_timespec(span);
    probe(PROBE_WAIT_BEGINS, PROBE_FOR_CHILD, 0, 0);
    int count = ppoll(parent->ready, parent->running + 1,
                      span == NEVER ? NULL : &timeout, NULL);
    probe(PROBE_WAIT_ENDS, PROBE_FOR_CHILD, count > 0 ? (size_t)count : 0, 0);
    if (count <= 0) /* the contents of the list do not count then */
        for (size_t i = 0; i < parent->running; i++)
            parent->ready[i].revents = 0;
}

/* The last child moves to its place. The list is walked from back to front, so
 * the last one has always been looked at already. */
static void remove_child(struct parent *parent, size_t i)
{
    struct child gone = parent->children[i];
    parent->children[i] = parent->children[--parent->running];
    parent->children[parent->running] = gone; /* its slot is free */
    end_job(parent, &gone.job);
}

static void collect_children(struct parent *parent)
{
    bool cancelled = batch_cancelled(parent->batch);
    nanos now = monotonic_now();
    for (size_t i = parent->running; i-- > 0;) {
        struct child *child = &parent->children[i];
        bool ended = true;
        if (cancelled)
            end_early(parent, child, FETCH_CANCELLED);
        else if (parent->ready[i].revents)
            ended = collect_child(parent, child);
        else if (now >= child->kill_at)
            end_early(parent, child, FETCH_TIMEOUT);
        else
            ended = false;
        if (ended)
            remove_child(parent, i);
    }
}

static int fork_run(struct batch *batch)
{
    struct parent parent;
    int error = parent_init(&parent, batch);
    if (!error) {
        start_children(&parent);
        while (parent.running) {
            wait_for_children(&parent);
            collect_children(&parent);
            start_children(&parent);
        }
        blocking_worker_deinit(&parent.worker);
    }
    parent_deinit(&parent);
    return error;
}

const struct model fork_model = {
    .name = "fork",
    .family = "processes",
    .summary = "a process per request; each waits in recv(), the parent in "
               "poll() on their pipes",
    .can = CAN_OVERLAP | CAN_TIME_OUT | CAN_REDIRECT | CAN_CANCEL |
           CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = fork_run,
};
