/* SPDX-License-Identifier: MIT */
#include "nonblocking/uring.h"

#include "base/clock.h"
#include "nonblocking/uring_conn_internal.h"

#include <errno.h>
#include <stdlib.h>

enum { LOOKUP_THREADS = 4 };

struct uring_run {
    struct batch *batch;
    struct uring_shared shared;
    struct uring_conn *conns; /* as many as may be in flight */
    size_t made;              /* how many of them are in use at all */
    size_t busy;              /* how many have a job */
    struct uring_conn *idle;  /* the others; the one used last comes first */
    nanos wake_at;            /* no connection has to be woken before */
};

/* ---- jobs in, results out ---- */

static void settle(struct uring_run *run, struct uring_conn *conn)
{
    if (conn->state != URING_IDLE) {
        run->wake_at = nanos_earlier(run->wake_at, uring_conn_wakes_at(conn));
        return;
    }
    batch_done(run->batch, conn->job.index, call_result(&conn->call));
    conn->next = run->idle;
    run->idle = conn;
    run->busy--;
}

static struct uring_conn *idle_conn(struct uring_run *run)
{
    struct uring_conn *conn = run->idle;
    if (conn) {
        run->idle = conn->next;
    } else {
        conn = &run->conns[run->made];
        uring_conn_init(conn, &run->shared, run->batch->options,
                        (unsigned)run->made++);
    }
    return conn;
}

/* The batch may have taken its time: see the monster. */
static void fill(struct uring_run *run)
{
    struct job job;
    if (run->busy < run->batch->concurrency)
        run->shared.now = monotonic_now();
    while (run->busy < run->batch->concurrency &&
           batch_next(run->batch, &job)) {
        struct uring_conn *conn = idle_conn(run);
        run->busy++;
        uring_conn_open(conn, &job);
        settle(run, conn);
    }
}

/* ---- what happened ---- */

static void complete(struct uring_run *run, const struct uring_event *event)
{
    struct uring_conn *conn = event->owner;
    bool had_job = conn->state != URING_IDLE;
    uring_conn_complete(conn, event);
    if (had_job)
        settle(run, conn);
}

static void take_lookups(struct uring_run *run)
{
    int code;
    struct addresses addresses;
    struct uring_conn *conn;
    while ((conn = lookups_take(run->shared.lookups, &code, &addresses))) {
        uring_conn_resolved(conn, code, &addresses);
        settle(run, conn);
    }
}

static void fail_all(struct uring_run *run, enum fetch_error error, int detail)
{
    for (size_t i = 0; i < run->made; i++) {
        struct uring_conn *conn = &run->conns[i];
        if (conn->state == URING_IDLE)
            continue;
        uring_conn_fail(conn, error, detail);
        settle(run, conn);
    }
}

static void wake_due(struct uring_run *run)
{
    if (run->shared.now < run->wake_at)
        return;
    run->wake_at = NEVER;
    for (size_t i = 0; i < run->made; i++) {
        struct uring_conn *conn = &run->conns[i];
        if (conn->state == URING_IDLE)
            continue;
        uring_conn_wake(conn);
        settle(run, conn);
    }
}

/* ---- the loop ---- */

/* A watch that has ended is set again: the kernel may end it at any time. */
static void readable(struct uring_run *run, const struct uring_event *event)
{
    struct uring_ring *ring = &run->shared.ring;
    if (event->owner == run->shared.lookups) {
        take_lookups(run);
        if (!event->more)
            uring_watch(ring, lookups_fd(run->shared.lookups), event->owner);
    } else {
        fail_all(run, FETCH_CANCELLED, 0);
    }
}

static int turn(struct uring_run *run)
{
    struct uring_ring *ring = &run->shared.ring;
    int error = uring_wait(ring, nanos_until(run->wake_at, run->shared.now));
    run->shared.now = monotonic_now();
    struct uring_event event;
    while (uring_next(ring, &event)) {
        if (event.operation == URING_READABLE)
            readable(run, &event);
        else if (event.operation != URING_CANCEL)
            complete(run, &event);
        uring_release(ring, &event);
    }
    if (error)
        fail_all(run, FETCH_SYSTEM, error);
    else
        wake_due(run);
    return error;
}

static int run_init(struct uring_run *run, struct batch *batch)
{
    *run = (struct uring_run){.batch = batch, .wake_at = NEVER};
    struct uring_shared *shared = &run->shared;
    shared->now = monotonic_now();
    int error = uring_ring_init(&shared->ring, batch->concurrency);
    if (error)
        return error;
    run->conns = calloc(batch->concurrency, sizeof *run->conns);
    error =
        run->conns ? lookups_new(&shared->lookups, LOOKUP_THREADS) : -ENOMEM;
    if (!error)
        error = uring_watch(&shared->ring, lookups_fd(shared->lookups),
                            shared->lookups);
    if (!error && batch->cancel)
        error = uring_watch(&shared->ring, batch->cancel->fd, batch->cancel);
    if (error)
        uring_ring_deinit(&shared->ring);
    return error;
}

/* The ring goes first: with it the kernel lets go of everything. After an error
 * some jobs may still be waiting for that. */
static void run_deinit(struct uring_run *run)
{
    uring_ring_deinit(&run->shared.ring);
    for (size_t i = 0; i < run->made; i++) {
        struct uring_conn *conn = &run->conns[i];
        if (conn->state != URING_IDLE)
            batch_done(run->batch, conn->job.index, call_result(&conn->call));
        uring_conn_deinit(conn);
    }
}

static int uring_run(struct batch *batch)
{
    struct uring_run run;
    int error = run_init(&run, batch);
    bool initialised = !error;
    if (!error)
        fill(&run);
    while (!error && run.busy) {
        error = turn(&run);
        if (!error)
            fill(&run);
    }
    if (initialised)
        run_deinit(&run);
    lookups_free(run.shared.lookups);
    free(run.conns);
    return error;
}

static const char *why_not(void)
{
    struct uring_ring ring;
    int error = uring_ring_init(&ring, 1);
    switch (-error) {
    case 0:
        uring_ring_deinit(&ring);
        return NULL;
    case ENOSYS:
    case EPERM:
    case EACCES:
        return "this kernel or container does not allow io_uring";
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return "no descriptor or no memory is free for io_uring: raise "
               "ulimit -n or ulimit -l";
    default:
        return "this kernel's io_uring is too old: Linux 6.1 is needed";
    }
}

const struct model uring_model = {
    .name = "uring",
    .family = "nonblocking",
    .summary = "one thread tells the kernel what to do, and hears what became "
               "of it",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_START_LATER,
    .run = uring_run,
    .unavailable = why_not,
};
