/* SPDX-License-Identifier: MIT */
/* Given: from a job to a connection, and from a connection to a result. */
#include "lessons/P3/conn.h"

#include "blocking/lookup.h"

#include <unistd.h>

void conn_init(struct conn *conn, const struct call_options *options,
               const struct clock *clock)
{
    *conn = (struct conn){.fd = -1, .clock = clock};
    call_init(&conn->call, options);
    conn->call.doer = (struct doer){.pid = getpid(), .thread = gettid()};
}

void conn_deinit(struct conn *conn)
{
    if (conn->fd >= 0)
        close(conn->fd);
    call_deinit(&conn->call);
}

/* This one waits: no system can look a name up without. The lab's own client
 * does it on other threads. An address in the URL needs none of it. */
static void resolve(struct conn *conn)
{
    struct addresses found;
    int error = lookup_host(&found, call_endpoint(&conn->call));
    nanos now = clock_now(conn->clock);
    if (error)
        call_fail(&conn->call, FETCH_NO_HOST, error, now);
    else
        call_resolved(&conn->call, &found, now);
}

/* On the way to wherever the call leads next; or over, if that fails. */
static void hop(struct conn *conn)
{
    struct call *call = &conn->call;
    while (call_need(call) != CALL_IS_DONE) {
        if (call_need(call) == CALL_NEEDS_ADDRESSES) {
            resolve(conn);
            continue;
        }
        int error = conn_open(conn, call_address(call));
        if (!error)
            return;
        call_connect_failed(call, error, clock_now(conn->clock));
    }
    conn_end(conn);
}

void conn_start(struct conn *conn, const struct job *job)
{
    call_start(&conn->call, job->request, job->index, clock_now(conn->clock));
    hop(conn);
}

void conn_settle(struct conn *conn, struct batch *batch)
{
    if (conn->state == CONN_DONE)
        hop(conn);
    if (conn->state != CONN_DONE)
        return;
    batch_done(batch, conn->call.index, call_result(&conn->call));
    conn->state = CONN_FREE;
}
