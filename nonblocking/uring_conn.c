/* SPDX-License-Identifier: MIT */
#include "nonblocking/uring_conn_internal.h"

#include "base/clock.h"
#include "base/container_of.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static struct uring_conn *conn_of(struct client *client)
{
    return container_of(client, struct uring_conn, client);
}

static struct uring_run *run_of(const struct uring_conn *conn)
{
    return container_of(conn->client.batch, struct uring_run, clients);
}

static struct uring_ring *ring_of(const struct uring_conn *conn)
{
    return &run_of(conn)->ring;
}

static nanos now(const struct uring_conn *conn)
{
    return conn->client.batch->now;
}

static void disconnect(struct uring_conn *conn)
{
    if (conn->rivals)
        rivals_free(conn->rivals);
    else if (conn->fd >= 0)
        close(conn->fd);
    conn->rivals = NULL;
    conn->fd = -1;
    conn->spent = false;
    kept_connection_deinit(&conn->kept);
}

/* ---- from one state to the next ---- */

static void start_lookup(struct uring_conn *conn);
static void start_connect(struct uring_conn *conn);
static void start_transfer(struct uring_conn *conn);

/* Cancels the operations that are under way. Their last events still come, and
 * until then the kernel may read the request, fill a buffer and use the
 * descriptor. So the connection is closed only when the last of them has come
 * (uring_conn_complete). */
static void drain(struct uring_conn *conn)
{
    static const enum uring_operation operations[] = {URING_CONNECT, URING_SEND,
                                                      URING_RECEIVE};
    struct uring_run *run = run_of(conn);
    bool all = true;
    conn->state = URING_DRAINING;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (conn->pending & operations[i])
            all &= !uring_cancel(&run->ring, operations[i], conn);
    if (all || conn->is_undrained)
        return;
    conn->is_undrained = true;
    conn->next = run->undrained;
    run->undrained = conn;
}

/* Cancels again for connections for which the ring had no room. Some of their
 * operations are then cancelled twice, which does no harm. */
void uring_conns_drain(struct uring_run *run)
{
    struct uring_conn *conn = run->undrained;
    run->undrained = NULL;
    while (conn) {
        struct uring_conn *next = conn->next;
        conn->is_undrained = false;
        if (conn->state == URING_DRAINING)
            drain(conn);
        conn = next;
    }
}

static void end(struct uring_conn *conn)
{
    conn->state = URING_IDLE;
    client_done(&conn->client);
}

/* If something has come on a kept connection, either the kernel still has it,
 * and the socket shows it; or its event is in the ring already, and will be
 * read before any event of the request. */
static bool may_use_kept(const struct uring_conn *conn)
{
    return call_accepts_kept(&conn->call, &conn->kept) &&
           kept_connection_is_silent(&conn->kept, conn->fd, now(conn));
}

/* Does what the call needs next: the same as in the monster, but for the
 * connection that cannot be closed yet. */
static void hop(struct uring_conn *conn)
{
    enum call_need need = call_need(&conn->call);
    if (conn->fd >= 0 && need != CALL_IS_DONE && !may_use_kept(conn))
        conn->spent = true;
    /* To close the descriptor would not end its operations: their events would
     * come later, and be taken for those of the next job. */
    if (conn->spent && conn->pending) {
        drain(conn);
        return;
    }
    if (conn->spent)
        disconnect(conn);
    if (need == CALL_IS_DONE)
        end(conn);
    else if (conn->fd >= 0)
        start_transfer(conn);
    else if (need == CALL_NEEDS_ADDRESSES)
        start_lookup(conn);
    else
        start_connect(conn);
}

static void fail(struct uring_conn *conn, enum fetch_error error, int detail)
{
    conn->spent = conn->fd >= 0;
    call_fail(&conn->call, error, detail, now(conn));
    hop(conn);
}

/* ---- RESOLVING ---- */

static void start_lookup(struct uring_conn *conn)
{
    conn->state = URING_RESOLVING;
    client_heed_deadline(&conn->client);
    if (!client_look_up(&conn->client))
        hop(conn);
}

/* ---- CONNECTING ---- */

static void connect_failed(struct uring_conn *conn, int error)
{
    conn->spent = conn->fd >= 0;
    call_connect_failed(&conn->call, error, now(conn));
    hop(conn);
}

static void start_connect(struct uring_conn *conn)
{
    conn->state = URING_CONNECTING;
    conn->slow = false;
    client_heed_deadline(&conn->client);
    const struct address *address = call_address(&conn->call);
    int fd = socket_open(address);
    if (fd < 0) {
        connect_failed(conn, fd);
        return;
    }
    conn->fd = fd;
    int error = uring_connect(ring_of(conn), fd, address, conn);
    if (error)
        connect_failed(conn, error);
    else
        conn->pending |= URING_CONNECT;
}

/* The descriptor is that of the rivals, or that of a socket that goes on
 * connecting although the ring's connect was cancelled. */
static void await_connect(struct uring_conn *conn)
{
    int error = uring_await_connect(ring_of(conn), conn->fd,
                                    conn->rivals ? POLLIN : POLLOUT, conn);
    if (error)
        fail(conn, fetch_error_from_errno(error), error);
    else
        conn->pending |= URING_CONNECT;
}

static void step_rivals(struct uring_conn *conn)
{
    int fd = rivals_step(conn->rivals, &conn->call, now(conn));
    if (fd == -EAGAIN) {
        await_connect(conn);
        return;
    }
    disconnect(conn);
    if (fd < 0) {
        hop(conn);
        return;
    }
    conn->fd = fd;
    start_transfer(conn);
}

static void begin_rivals(struct uring_conn *conn)
{
    conn->slow = false;
    conn->fd =
        rivals_try_another(&conn->rivals, conn->fd, &conn->call, now(conn));
    await_connect(conn);
}

static void connect_completed(struct uring_conn *conn, int result)
{
    if (result > 0 && !conn->rivals)
        result = socket_connect_result(conn->fd);
    if (conn->rivals)
        step_rivals(conn);
    else if (result == -ECANCELED && conn->slow)
        begin_rivals(conn);
    else if (result < 0)
        connect_failed(conn, result);
    else
        start_transfer(conn);
}

/* ---- TRANSFERRING ---- */

/* Sends the next piece of the request. Only one is under way at a time, or a
 * part that was sent short would be followed by the wrong bytes. */
static int send_more(struct uring_conn *conn)
{
    if (conn->pending & URING_SEND || !(call_wants(&conn->call) & WANTS_WRITE))
        return 0;
    int error =
        uring_send(ring_of(conn), conn->fd, call_output(&conn->call), conn);
    if (!error)
        conn->pending |= URING_SEND;
    return error;
}

/* On a connection that may be kept, one operation receives for the whole life
 * of the connection. */
static int receive_more(struct uring_conn *conn)
{
    if (conn->pending & URING_RECEIVE)
        return 0;
    int error = uring_receive(ring_of(conn), conn->fd,
                              !kept_connection_is_empty(&conn->kept), conn);
    if (!error)
        conn->pending |= URING_RECEIVE;
    return error;
}

static void await_transfer(struct uring_conn *conn)
{
    if (call_need(&conn->call) != CALL_NEEDS_TRANSFER) {
        conn->spent = !call_may_reuse(&conn->call);
        kept_connection_rest(&conn->kept, now(conn));
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
    call_connected(&conn->call, &conn->kept, now(conn));
    client_heed_deadline(&conn->client);
    await_transfer(conn);
}

static void transfer_completed(struct uring_conn *conn,
                               const struct uring_event *event)
{
    /* ENOBUFS: no buffer was free at that moment. */
    bool again = event->result == -EINTR || event->result == -ENOBUFS;
    if (event->operation == URING_SEND && !again) {
        call_sent(&conn->call, event->result, now(conn));
        client_heed_deadline(&conn->client);
    } else if (!again) {
        call_received(&conn->call, event->data, event->result, now(conn));
    }
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
    case URING_RESOLVING: /* without a connection: nothing is under way */
        /* Something has come on a kept connection although nothing was asked:
         * the end, or bytes that are not an answer. It cannot be used again. */
        conn->spent = true;
        break;
    }
}

/* ---- what the batch asks ---- */

static nanos read_clock(const struct client_batch *clients)
{
    (void)clients;
    return monotonic_now();
}

static void uring_conn_init(struct client *client)
{
    struct uring_conn *conn = conn_of(client);
    client->call = &conn->call;
    call_init(client->call, client->batch->batch->options);
    conn->fd = -1;
}

static void uring_conn_deinit(struct client *client)
{
    disconnect(conn_of(client));
    call_deinit(client->call);
}

static void uring_conn_hop(struct client *client)
{
    hop(conn_of(client));
}

/* A connection that is draining goes on by itself after its last event. */
static void uring_conn_give_up(struct client *client)
{
    struct uring_conn *conn = conn_of(client);
    if (conn->state == URING_DRAINING)
        return;
    conn->spent = conn->fd >= 0;
    hop(conn);
}

/* The kernel is using a socket that is connecting: its operation is cancelled
 * first, and begin_rivals follows with the event of that. */
static void uring_conn_try_another(struct client *client)
{
    struct uring_conn *conn = conn_of(client);
    if (conn->rivals) /* their descriptor stays, and is waited for already */
        rivals_try_another(&conn->rivals, conn->fd, &conn->call, now(conn));
    else if (conn->state == URING_CONNECTING && !conn->slow)
        conn->slow = !uring_cancel(ring_of(conn), URING_CONNECT, conn);
}

const struct client_ops uring_conn_ops = {
    .size = sizeof(struct uring_conn),
    .time = read_clock,
    .init = uring_conn_init,
    .deinit = uring_conn_deinit,
    .hop = uring_conn_hop,
    .give_up = uring_conn_give_up,
    .try_another = uring_conn_try_another,
};
