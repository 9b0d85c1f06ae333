/* SPDX-License-Identifier: MIT */
#include "nonblocking/conn.h"

#include "nonblocking/socket.h"

#include <errno.h>
#include <unistd.h>

void conn_init(struct conn *conn, struct conn_shared *shared,
               const struct call_options *options, unsigned slot)
{
    *conn = (struct conn){.shared = shared, .fd = -1};
    call_init(&conn->call, options);
    conn->call.doer =
        (struct doer){.pid = getpid(), .thread = gettid(), .slot = slot};
}

/* Asks the selector for exactly this, and only when that is news to it. */
static int watch(struct conn *conn, unsigned interest)
{
    struct selector *selector = conn->shared->selector;
    int error = 0;
    if (interest == conn->interest)
        return 0;
    if (!conn->interest)
        error = selector_add(selector, conn->fd, interest, conn);
    else if (interest)
        error = selector_modify(selector, conn->fd, interest, conn);
    else
        selector_remove(selector, conn->fd);
    if (!error)
        conn->interest = interest;
    return error;
}

static void disconnect(struct conn *conn)
{
    if (conn->fd < 0)
        return;
    watch(conn, 0);
    close(conn->fd);
    conn->fd = -1;
    kept_connection_deinit(&conn->kept);
}

static void forget_lookup(struct conn *conn)
{
    if (conn->lookup)
        lookups_abandon(conn->shared->lookups, conn->lookup);
    conn->lookup = NULL;
}

void conn_deinit(struct conn *conn)
{
    forget_lookup(conn);
    disconnect(conn);
    call_deinit(&conn->call);
}

/* ---- from one state to the next ---- */

static void start_lookup(struct conn *conn);
static void start_connect(struct conn *conn);
static void start_transfer(struct conn *conn);

/* Does what the call needs next. This is where a redirect, a retry and another
 * address of the same host come back to. */
static void hop(struct conn *conn)
{
    enum call_need need = call_need(&conn->call);
    if (need == CALL_IS_DONE) {
        conn->state = CONN_IDLE;
        return;
    }
    if (call_accepts_kept(&conn->call, &conn->kept)) {
        start_transfer(conn);
        return;
    }
    disconnect(conn);
    if (need == CALL_NEEDS_ADDRESSES)
        start_lookup(conn);
    else
        start_connect(conn);
}

static void fail(struct conn *conn, enum fetch_error error, int detail)
{
    forget_lookup(conn);
    disconnect(conn);
    call_fail(&conn->call, error, detail, conn->shared->now);
    hop(conn);
}

/* ---- LATER ---- */

static void begin(struct conn *conn)
{
    call_start(&conn->call, conn->job.request, conn->job.index,
               conn->shared->now);
    hop(conn);
}

void conn_open(struct conn *conn, const struct job *job)
{
    conn->job = *job;
    conn->state = CONN_LATER;
    if (job->earliest <= conn->shared->now)
        begin(conn);
}

/* ---- RESOLVING ---- */

static void start_lookup(struct conn *conn)
{
    conn->state = CONN_RESOLVING;
    int error = lookups_start(conn->shared->lookups, call_endpoint(&conn->call),
                              conn, &conn->lookup);
    if (error)
        fail(conn, fetch_error_from_errno(error), error);
}

void conn_resolved(struct conn *conn, int code,
                   const struct addresses *addresses)
{
    conn->lookup = NULL;
    if (code) {
        fail(conn, FETCH_NO_HOST, code);
        return;
    }
    call_resolved(&conn->call, addresses, conn->shared->now);
    hop(conn);
}

/* ---- CONNECTING ---- */

static void connect_failed(struct conn *conn, int error)
{
    disconnect(conn);
    call_connect_failed(&conn->call, error, conn->shared->now);
    hop(conn);
}

static void start_connect(struct conn *conn)
{
    conn->state = CONN_CONNECTING;
    int fd = socket_start_connect(call_address(&conn->call));
    if (fd < 0) {
        connect_failed(conn, fd);
        return;
    }
    conn->fd = fd;
    int error = watch(conn, SELECT_WRITE);
    if (error == -EINVAL)
        fail(conn, FETCH_UNWATCHABLE, error); /* select() and its limit */
    else if (error)
        connect_failed(conn, error);
}

static void step_connecting(struct conn *conn)
{
    int error = socket_connect_result(conn->fd);
    if (error)
        connect_failed(conn, error);
    else
        start_transfer(conn);
}

/* ---- TRANSFERRING ---- */

static void send_some(struct conn *conn)
{
    if (!(call_wants(&conn->call) & WANTS_WRITE))
        return;
    ssize_t count = socket_send(conn->fd, call_output(&conn->call));
    if (count != -EAGAIN)
        call_sent(&conn->call, count, conn->shared->now);
}

static void receive_some(struct conn *conn)
{
    ssize_t count =
        socket_receive(conn->fd, conn->shared->scratch, CONN_SCRATCH_SIZE);
    if (count != -EAGAIN)
        call_received(&conn->call, conn->shared->scratch, count,
                      conn->shared->now);
}

/* The hop is over: its connection is kept or closed, and the next one begins.
 */
static void end_transfer(struct conn *conn)
{
    if (!call_may_reuse(&conn->call))
        disconnect(conn);
    hop(conn);
}

/* Goes on when the transfer is over. Else sends what there is to send: it
 * nearly always fits, so why wait to be told? And waits for the rest. */
static void await_transfer(struct conn *conn)
{
    if (call_need(&conn->call) != CALL_NEEDS_TRANSFER) {
        end_transfer(conn);
        return;
    }
    send_some(conn);
    unsigned interest = SELECT_READ;
    if (call_wants(&conn->call) & WANTS_WRITE)
        interest |= SELECT_WRITE;
    int error = watch(conn, interest);
    if (error)
        fail(conn, fetch_error_from_errno(error), error);
}

static void start_transfer(struct conn *conn)
{
    conn->state = CONN_TRANSFERRING;
    call_connected(&conn->call, &conn->kept, conn->shared->now);
    await_transfer(conn);
}

/* First what has arrived: it may end the transfer, and sending to a server that
 * has answered and gone would lose the answer. */
static void step_transferring(struct conn *conn, unsigned ready)
{
    if (ready & SELECT_READ)
        receive_some(conn);
    await_transfer(conn);
}

/* ---- what the world reports ---- */

void conn_step(struct conn *conn, unsigned ready)
{
    switch (conn->state) {
    case CONN_CONNECTING:
        step_connecting(conn);
        break;
    case CONN_TRANSFERRING:
        step_transferring(conn, ready);
        break;
    case CONN_IDLE:
    case CONN_LATER:
    case CONN_RESOLVING:
        /* A kept connection speaks unasked: the server has closed it. */
        disconnect(conn);
        break;
    }
}

nanos conn_wakes_at(const struct conn *conn)
{
    if (conn->state == CONN_IDLE)
        return NEVER;
    if (conn->state == CONN_LATER)
        return conn->job.earliest;
    return call_deadline(&conn->call);
}

void conn_wake(struct conn *conn)
{
    nanos now = conn->shared->now;
    if (conn_wakes_at(conn) > now)
        return;
    if (conn->state == CONN_LATER) {
        begin(conn);
    } else if (call_expire(&conn->call, now)) {
        forget_lookup(conn);
        disconnect(conn);
        hop(conn);
    }
}

void conn_fail(struct conn *conn, enum fetch_error error, int detail)
{
    if (conn->state == CONN_LATER) /* the call still holds the job before */
        call_start(&conn->call, conn->job.request, conn->job.index,
                   conn->shared->now);
    if (conn->state != CONN_IDLE)
        fail(conn, error, detail);
}
