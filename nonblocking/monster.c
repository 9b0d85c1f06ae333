/* SPDX-License-Identifier: MIT */
#include "nonblocking/monster.h"

#include "base/clock.h"
#include "nonblocking/conn.h"

#include <errno.h>
#include <stdlib.h>

enum { EVENTS_AT_ONCE = 256, LOOKUP_THREADS = 4 };

struct monster {
    struct batch *batch;
    struct conn_shared shared;
    struct conn *conns; /* as many as may be in flight */
    size_t made;        /* how many of them are in use at all */
    size_t busy;        /* how many have a job */
    struct conn *idle;  /* the others; the one used last comes first */
    nanos wake_at;      /* no connection has to be woken before */
};

/* ---- jobs in, results out ---- */

/* After a connection with a job has moved. */
static void settle(struct monster *monster, struct conn *conn)
{
    if (conn->state != CONN_IDLE) {
        monster->wake_at = nanos_earlier(monster->wake_at, conn_wakes_at(conn));
        return;
    }
    batch_done(monster->batch, conn->job.index, call_result(&conn->call));
    conn->next = monster->idle;
    monster->idle = conn;
    monster->busy--;
}

static struct conn *idle_conn(struct monster *monster)
{
    struct conn *conn = monster->idle;
    if (conn) {
        monster->idle = conn->next;
    } else {
        conn = &monster->conns[monster->made];
        conn_init(conn, &monster->shared, monster->batch->options,
                  (unsigned)monster->made++);
    }
    return conn;
}

/* A loop, not a chain: a thousand jobs that fail at once need no deep stack.
 * Where a place is free the batch has been called since the clock was read, and
 * may have taken its time: that is not the next job's. */
static void fill(struct monster *monster)
{
    struct job job;
    if (monster->busy < monster->batch->concurrency)
        monster->shared.now = monotonic_now();
    while (monster->busy < monster->batch->concurrency &&
           batch_next(monster->batch, &job)) {
        struct conn *conn = idle_conn(monster);
        monster->busy++;
        conn_open(conn, &job);
        settle(monster, conn);
    }
}

/* ---- what happened ---- */

static void step(struct monster *monster, struct conn *conn, unsigned ready)
{
    bool had_job = conn->state != CONN_IDLE;
    conn_step(conn, ready);
    if (had_job)
        settle(monster, conn);
}

static void take_lookups(struct monster *monster)
{
    int code;
    struct addresses addresses;
    struct conn *conn;
    while ((conn = lookups_take(monster->shared.lookups, &code, &addresses))) {
        conn_resolved(conn, code, &addresses);
        settle(monster, conn);
    }
}

static void fail_all(struct monster *monster, enum fetch_error error,
                     int detail)
{
    for (size_t i = 0; i < monster->made; i++) {
        struct conn *conn = &monster->conns[i];
        if (conn->state == CONN_IDLE)
            continue;
        conn_fail(conn, error, detail);
        settle(monster, conn);
    }
}

/* Starts what has to start and ends what is too late. Deadlines never come
 * nearer, so all connections are looked at only when the nearest has come, and
 * not at every wake-up: that would be work for each connection each time. */
static void wake_due(struct monster *monster)
{
    if (monster->shared.now < monster->wake_at)
        return;
    monster->wake_at = NEVER;
    for (size_t i = 0; i < monster->made; i++) {
        struct conn *conn = &monster->conns[i];
        if (conn->state == CONN_IDLE)
            continue;
        conn_wake(conn);
        settle(monster, conn);
    }
}

/* ---- the loop ---- */

static int turn(struct monster *monster)
{
    struct selected events[EVENTS_AT_ONCE];
    nanos timeout = nanos_until(monster->wake_at, monster->shared.now);
    int count = selector_wait(monster->shared.selector, timeout, events,
                              EVENTS_AT_ONCE);
    monster->shared.now = monotonic_now();
    for (int i = 0; i < count; i++) {
        if (events[i].data == monster->batch->cancel)
            fail_all(monster, FETCH_CANCELLED, 0);
        else if (events[i].data == monster->shared.lookups)
            take_lookups(monster);
        else
            step(monster, events[i].data, events[i].ready);
    }
    if (count < 0) {
        fail_all(monster, FETCH_SYSTEM, count);
        return count;
    }
    wake_due(monster);
    return 0;
}

/* Everything that waits in the selector beside the connections. */
static int watch_the_rest(struct monster *monster)
{
    struct conn_shared *shared = &monster->shared;
    int error = selector_add(shared->selector, lookups_fd(shared->lookups),
                             SELECT_READ, shared->lookups);
    struct cancel *cancel = monster->batch->cancel;
    if (!error && cancel)
        error = selector_add(shared->selector, cancel->fd, SELECT_READ, cancel);
    return error == -EINVAL ? -EMFILE : error; /* select() and its limit */
}

static int monster_init(struct monster *monster, struct batch *batch,
                        const struct selector_ops *selector)
{
    *monster = (struct monster){.batch = batch, .wake_at = NEVER};
    struct conn_shared *shared = &monster->shared;
    shared->now = monotonic_now();
    monster->conns = calloc(batch->concurrency, sizeof *monster->conns);
    shared->scratch = malloc(CONN_SCRATCH_SIZE);
    if (!monster->conns || !shared->scratch)
        return -ENOMEM;
    int error = selector->open(&shared->selector);
    if (!error)
        error = lookups_new(&shared->lookups, LOOKUP_THREADS);
    return error ? error : watch_the_rest(monster);
}

static void monster_deinit(struct monster *monster)
{
    for (size_t i = 0; i < monster->made; i++)
        conn_deinit(&monster->conns[i]);
    lookups_free(monster->shared.lookups);
    if (monster->shared.selector)
        selector_close(monster->shared.selector);
    free(monster->shared.scratch);
    free(monster->conns);
}

int monster_run(struct batch *batch, const struct selector_ops *selector)
{
    struct monster monster;
    int error = monster_init(&monster, batch, selector);
    if (!error)
        fill(&monster);
    while (!error && monster.busy) {
        error = turn(&monster);
        if (!error)
            fill(&monster);
    }
    monster_deinit(&monster);
    return error;
}

enum {
    MONSTER_CAN = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT |
                  CAN_TIME_OUT_LOOKUP | CAN_REDIRECT | CAN_CANCEL |
                  CAN_START_LATER
};

static int select_run(struct batch *batch)
{
    return monster_run(batch, &select_selector);
}

static int poll_run(struct batch *batch)
{
    return monster_run(batch, &poll_selector);
}

static int epoll_run(struct batch *batch)
{
    return monster_run(batch, &epoll_selector);
}

const struct model select_model = {
    .name = "select",
    .family = "nonblocking",
    .summary = "one thread asks select() about all of its sockets",
    .can = MONSTER_CAN,
    .run = select_run,
};

const struct model poll_model = {
    .name = "poll",
    .family = "nonblocking",
    .summary = "one thread asks poll() about all of its sockets",
    .can = MONSTER_CAN,
    .run = poll_run,
};

const struct model epoll_model = {
    .name = "epoll",
    .family = "nonblocking",
    .summary = "one thread lets epoll tell which of its sockets are ready",
    .can = MONSTER_CAN,
    .run = epoll_run,
};
