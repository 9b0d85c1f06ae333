/* SPDX-License-Identifier: MIT */
#include "nonblocking/uring_conn_internal.h"

#include "nonblocking/socket.h"

#include <errno.h>
#include <unistd.h>

void uring_conn_init(struct uring_conn *conn, struct uring_shared *shared,
                     const struct call_options *options, unsigned slot)
{
    *conn = (struct uring_conn){.shared = shared, .fd = -1};
    call_init(&conn->call, options);
    conn->call.doer =
        (struct doer){.pid = getpid(), .thread = gettid(), .slot = slot};
}

static void disconnect(struct uring_conn *conn)
{
    if (conn->fd >= 0)
        close(conn->fd);
    conn->fd = -1;
    conn->spent = false;
    kept_connection_deinit(&conn->kept);
}

static void forget_lookup(struct uring_conn *conn)
{
    if (conn->lookup)
        lookups_abandon(conn->shared->lookups, conn->lookup);
    conn->lookup = NULL;
}

void uring_conn_deinit(struct uring_conn *conn)
{
    forget_lookup(conn);
    disconnect(conn);
    call_deinit(&conn->call);
}

/* ---- from one state to the next ---- */

static void start_lookup(struct uring_conn *conn);
static void start_connect(struct uring_conn *conn);
static void start_transfer(struct uring_conn *conn);

/* The kernel is asked to give back what it has. */
static void drain(struct uring_conn *conn)
{
    static const enum uring_operation operations[] = {URING_CONNECT, URING_SEND,
                                                      URING_RECEIVE};
    conn->state = URING_DRAINING;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (conn->pending & operations[i])
            uring_cancel(&conn->shared->ring, operations[i], conn);
}

/* Does what the call needs next: the same as in the monster, but for the
 * connection that cannot be closed yet. */
static void hop(struct uring_conn *conn)
{
    enum call_need need = call_need(&conn->call);
    if (conn->fd >= 0 && need != CALL_IS_DONE &&
        !call_accepts_kept(&conn->call, &conn->kept))
        conn->spent = true;
    if (conn->spent && conn->pending) {
        drain(conn);
        return;
    }
    if (conn->spent)
        disconnect(conn);
    if (need == CALL_IS_DONE)
        conn->state = URING_IDLE;
    else if (conn->fd >= 0)
        start_transfer(conn);
    else if (need == CALL_NEEDS_ADDRESSES)
        start_lookup(conn);
    else
        start_connect(conn);
}

static void fail(struct uring_conn *conn, enum fetch_error error, int detail)
{
    forget_lookup(conn);
    conn->spent = conn->fd >= 0;
    call_fail(&conn->call, error, detail, conn->shared->now);
    hop(conn);
}

/* ---- LATER ---- */

static void begin(struct uring_conn *conn)
{
    call_start(&conn->call, conn->job.request, conn->job.index,
               conn->shared->now);
    hop(conn);
}

void uring_conn_open(struct uring_conn *conn, const struct job *job)
{
    conn->job = *job;
    conn->state = URING_LATER;
    if (job->earliest <= conn->shared->now)
        begin(conn);
}

/* ---- RESOLVING ---- */

static void start_lookup(struct uring_conn *conn)
{
    conn->state = URING_RESOLVING;
    int error = lookups_start(conn->shared->lookups, call_endpoint(&conn->call),
                              conn, &conn->lookup);
    if (error)
        fail(conn, fetch_error_from_errno(error), error);
}

void uring_conn_resolved(struct uring_conn *conn, int code,
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

static void connect_failed(struct uring_conn *conn, int error)
{
    conn->spent = conn->fd >= 0;
    call_connect_failed(&conn->call, error, conn->shared->now);
    hop(conn);
}

static void start_connect(struct uring_conn *conn)
{
    conn->state = URING_CONNECTING;
    const struct address *address = call_address(&conn->call);
    int fd = socket_open(address);
    if (fd < 0) {
        connect_failed(conn, fd);
        return;
    }
    conn->fd = fd;
    int error = uring_connect(&conn->shared->ring, fd, address, conn);
    if (error)
        connect_failed(conn, error);
    else
        conn->pending |= URING_CONNECT;
}

static void connect_completed(struct uring_conn *conn, int result)
{
    if (result < 0)
        connect_failed(conn, result);
    else
        start_transfer(conn);
}

/* ---- TRANSFERRING ---- */

/* The next piece of the request, one at a time. */
static int send_more(struct uring_conn *conn)
{
    if (conn->pending & URING_SEND || !(call_wants(&conn->call) & WANTS_WRITE))
        return 0;
    int error = uring_send(&conn->shared->ring, conn->fd,
                           call_output(&conn->call), conn);
    if (!error)
        conn->pending |= URING_SEND;
    return error;
}

/* On a connection that may be kept, one operation receives for its whole life.
 */
static int receive_more(struct uring_conn *conn)
{
    if (conn->pending & URING_RECEIVE)
        return 0;
    int error = uring_receive(&conn->shared->ring, conn->fd,
                              !kept_connection_is_empty(&conn->kept), conn);
    if (!error)
        conn->pending |= URING_RECEIVE;
    return error;
}

static void await_transfer(struct uring_conn *conn)
{
    if (call_need(&conn->call) != CALL_NEEDS_TRANSFER) {
        conn->spent = !call_may_reuse(&conn->call);
        hop(conn);
        return;
    }
    int error = send_more(conn);
    if (!error)
        error = receive_more(conn);
    if (error)
        fail(conn, fetch_error_from_errno(error), error);
}

static void start_transfer(struct uring_conn *conn)
{
    conn->state = URING_TRANSFERRING;
    call_connected(&conn->call, &conn->kept, conn->shared->now);
    await_transfer(conn);
}

static void transfer_completed(struct uring_conn *conn,
                               const struct uring_event *event)
{
    /* ENOBUFS: no buffer was free just then. */
    bool again = event->result == -EINTR || event->result == -ENOBUFS;
    if (event->operation == URING_SEND && !again)
        call_sent(&conn->call, event->result, conn->shared->now);
    else if (!again)
        call_received(&conn->call, event->data, event->result,
                      conn->shared->now);
    await_transfer(conn);
}

/* ---- what the world reports ---- */

void uring_conn_complete(struct uring_conn *conn,
                         const struct uring_event *event)
{
    if (!event->more)
        conn->pending &= ~(unsigned)event->operation;
    switch (conn->state) {
    case URING_CONNECTING:
        connect_completed(conn, event->result);
        break;
    case URING_TRANSFERRING:
        transfer_completed(conn, event);
        break;
    case URING_DRAINING:
        if (!conn->pending)
            hop(conn);
        break;
    case URING_IDLE:
    case URING_LATER:
    case URING_RESOLVING:
        /* A kept connection speaks unasked: the server has closed it. */
        conn->spent = true;
        break;
    }
}

nanos uring_conn_wakes_at(const struct uring_conn *conn)
{
    if (conn->state == URING_IDLE || conn->state == URING_DRAINING)
        return NEVER;
    if (conn->state == URING_LATER)
        return conn->job.earliest;
    return call_deadline(&conn->call);
}

void uring_conn_wake(struct uring_conn *conn)
{
    nanos now = conn->shared->now;
    if (uring_conn_wakes_at(conn) > now)
        return;
    if (conn->state == URING_LATER) {
        begin(conn);
    } else if (call_expire(&conn->call, now)) {
        forget_lookup(conn);
        conn->spent = conn->fd >= 0;
        hop(conn);
    }
}

void uring_conn_fail(struct uring_conn *conn, enum fetch_error error,
                     int detail)
{
    if (conn->state == URING_LATER) /* the call still holds the job before */
        call_start(&conn->call, conn->job.request, conn->job.index,
                   conn->shared->now);
    if (conn->state != URING_IDLE && conn->state != URING_DRAINING)
        fail(conn, error, detail);
    else if (conn->state == URING_DRAINING)
        call_fail(&conn->call, error, detail, conn->shared->now);
}
