/* SPDX-License-Identifier: MIT */
/* Given: from a job to a connection, and from a connection to a result. */
#include "lessons/P3/conn.h"

#include <errno.h>
#include <unistd.h>

void conn_init(struct conn *conn, const struct call_options *options)
{
    *conn = (struct conn){.fd = -1, .deadline = NEVER};
    exchange_init(&conn->exchange, &options->limits);
    result_init(&conn->page);
}

void conn_deinit(struct conn *conn)
{
    if (conn->fd >= 0)
        close(conn->fd);
    exchange_deinit(&conn->exchange);
    result_deinit(&conn->page);
}

void conn_start(struct conn *conn, const struct job *job,
                const struct call_options *options, nanos now)
{
    const struct request *request = job->request;
    conn->job = *job;
    conn->error = 0;
    conn->deadline = nanos_after(now, options->total_timeout);
    result_clear(&conn->page);
    conn->page.marks[MARK_START] = now;
    exchange_start(&conn->exchange, request, false,
                   options->keep_body ? &conn->page.body : NULL);
    /* A name would have to be looked up first, and that waits. */
    int error = request->address.size > 0 ? conn_open(conn, &request->address)
                                          : -EADDRNOTAVAIL;
    if (error)
        conn_end(conn, error);
}

static void take_answer(struct conn *conn)
{
    struct result *page = &conn->page;
    struct message *answer = &conn->exchange.response;
    page->body_bytes = answer->body_bytes;
    if (message_has_head(answer)) {
        struct headers spare = page->headers;
        page->headers = answer->headers;
        answer->headers = spare;
        page->status = answer->status;
    }
    if (conn->exchange.error)
        result_fail(page, conn->exchange.error, conn->exchange.detail);
}

void conn_hand_over(struct conn *conn, struct batch *batch, nanos now)
{
    const struct call_options *options = batch->options;
    struct result *page = &conn->page;
    take_answer(conn);
    if (conn->error)
        result_fail(page, fetch_error_from_errno(conn->error), conn->error);
    page->doer = (struct doer){.pid = getpid(), .thread = gettid()};
    page->marks[MARK_DONE] = now;
    if (!page->error && options->work)
        options->work(options->work_context, page);
    batch_done(batch, conn->job.index, page);
    conn->state = CONN_FREE;
    conn->deadline = NEVER;
}
