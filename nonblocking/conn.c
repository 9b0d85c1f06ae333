/* SPDX-License-Identifier: MIT */
#include "nonblocking/conn_internal.h"

#include "base/clock.h"
#include "base/container_of.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <unistd.h>

static struct conn *conn_of(struct client *client)
{
    return container_of(client, struct conn, client);
}

static struct monster *monster_of(const struct conn *conn)
{
    return container_of(conn->client.batch, struct monster, clients);
}

static nanos now(const struct conn *conn)
{
    return conn->client.batch->now;
}

/* Watches for exactly this; calls the selector only if that is a change. */
static int watch(struct conn *conn, unsigned interest)
{
    struct selector *selector = monster_of(conn)->selector;
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
    if (conn->rivals)
        rivals_free(conn->rivals);
    else
        close(conn->fd);
    conn->rivals = NULL;
    conn->fd = -1;
    kept_connection_deinit(&conn->kept);
}

/* ---- from one state to the next ---- */

static void start_lookup(struct conn *conn);
static void start_connect(struct conn *conn);
static void start_transfer(struct conn *conn);

/* Does what the call needs next. A redirect, a retry and another address of the
 * same host come back here. */
static void hop(struct conn *conn)
{
    enum call_need need = call_need(&conn->call);
    if (need == CALL_IS_DONE) {
        conn->state = CONN_IDLE;
        client_done(&conn->client);
        return;
    }
    if (call_accepts_kept(&conn->call, &conn->kept) &&
        kept_connection_is_silent(&conn->kept, conn->fd, now(conn))) {
        start_transfer(conn);
        return;
    }
    disconnect(conn);
    if (need == CALL_NEEDS_ADDRESSES)
        start_lookup(conn);
    else
        start_connect(conn);
}

static void fail(struct conn *conn, int error)
{
    bool unwatchable = error == -EINVAL; /* select() and its limit */
    call_fail(&conn->call,
              unwatchable ? FETCH_UNWATCHABLE : fetch_error_from_errno(error),
              error, now(conn));
    disconnect(conn);
    hop(conn);
}

/* ---- RESOLVING ---- */

static void start_lookup(struct conn *conn)
{
    conn->state = CONN_RESOLVING;
    client_heed_deadline(&conn->client);
    if (!client_look_up(&conn->client))
        hop(conn);
}

/* ---- CONNECTING ---- */

static void connect_failed(struct conn *conn, int error)
{
    disconnect(conn);
    call_connect_failed(&conn->call, error, now(conn));
    hop(conn);
}

static void start_connect(struct conn *conn)
{
    conn->state = CONN_CONNECTING;
    client_heed_deadline(&conn->client);
    int fd = socket_start_connect(call_address(&conn->call));
    if (fd < 0) {
        connect_failed(conn, fd);
        return;
    }
    conn->fd = fd;
    int error = watch(conn, SELECT_WRITE);
    if (error)
        fail(conn, error);
}

/* Several addresses are being tried, and one attempt has succeeded or
 * failed. */
static void step_rivals(struct conn *conn)
{
    int fd = rivals_step(conn->rivals, &conn->call, now(conn));
    if (fd == -EAGAIN)
        return;
    disconnect(conn);
    if (fd < 0) {
        hop(conn);
        return;
    }
    conn->fd = fd;
    start_transfer(conn);
}

static void step_connecting(struct conn *conn)
{
    if (conn->rivals) {
        step_rivals(conn);
        return;
    }
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
    if (count == -EAGAIN)
        return;
    call_sent(&conn->call, count, now(conn));
    client_heed_deadline(&conn->client);
}

static void receive_some(struct conn *conn)
{
    char *scratch = monster_of(conn)->scratch;
    ssize_t count = socket_receive(conn->fd, scratch, CONN_SCRATCH_SIZE);
    if (count != -EAGAIN)
        call_received(&conn->call, scratch, count, now(conn));
}

/* The hop is over: keeps its connection, or closes it, and begins the next
 * one. */
static void end_transfer(struct conn *conn)
{
    if (call_may_reuse(&conn->call))
        kept_connection_rest(&conn->kept, now(conn));
    else
        disconnect(conn);
    hop(conn);
}

/* If the transfer is over, goes on. Else sends what there is to send at once,
 * because it nearly always fits and to wait for "writable" would cost a turn,
 * then waits for what is left. */
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
        fail(conn, error);
}

static void start_transfer(struct conn *conn)
{
    conn->state = CONN_TRANSFERRING;
    call_connected(&conn->call, &conn->kept, now(conn));
    client_heed_deadline(&conn->client);
    await_transfer(conn);
}

/* Receives before it sends: what has arrived may end the transfer, and sending
 * to a server that has answered and closed would lose the answer. */
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
    case CONN_RESOLVING: /* without a connection: nothing to do */
        /* Something has come on a kept connection although nothing was asked:
         * the end, or bytes that are not an answer. It cannot be used again. */
        disconnect(conn);
        break;
    }
}

/* ---- what the batch asks ---- */

static nanos read_clock(const struct client_batch *clients)
{
    (void)clients;
    return monotonic_now();
}

static void conn_init(struct client *client)
{
    struct conn *conn = conn_of(client);
    client->call = &conn->call;
    call_init(client->call, client->batch->batch->options);
    conn->fd = -1;
}

static void conn_deinit(struct client *client)
{
    disconnect(conn_of(client));
    call_deinit(client->call);
}

static void conn_hop(struct client *client)
{
    hop(conn_of(client));
}

static void conn_give_up(struct client *client)
{
    disconnect(conn_of(client));
    hop(conn_of(client));
}

/* From here on another descriptor is waited for. */
static void conn_try_another(struct client *client)
{
    struct conn *conn = conn_of(client);
    watch(conn, 0);
    conn->fd =
        rivals_try_another(&conn->rivals, conn->fd, &conn->call, now(conn));
    int error = watch(conn, conn->rivals ? SELECT_READ : SELECT_WRITE);
    if (error)
        fail(conn, error);
}

const struct client_ops conn_ops = {
    .size = sizeof(struct conn),
    .time = read_clock,
    .init = conn_init,
    .deinit = conn_deinit,
    .hop = conn_hop,
    .give_up = conn_give_up,
    .try_another = conn_try_another,
};
