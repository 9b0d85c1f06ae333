/* SPDX-License-Identifier: MIT */
#include "coroutines/page_server.h"

#include "coroutines/frame.h"
#include "http/server_request.h"

#include <stdlib.h>

/* A connection: one request after the other. */
struct visit {
    struct frame frame;
    struct page_server *server;
    struct stream *stream;
    struct message_limits limits;
    struct server_request request;
    struct response response;
    struct buffer page;
};

/* ---- a request ---- */

static struct outcome read_head(struct visit *f)
{
    return stream_readuntil(f->stream, slice_of("\r\n\r\n"));
}

/* A head that is too long was not read, so it is refused without the parser. */
static void take_head(struct visit *f, const struct outcome *got)
{
    struct slice head = outcome_slice(got);
    if (outcome_failed_with(got, &limit_overrun_type)) {
        f->request.state = SERVER_REQUEST_IS_REFUSED;
        f->request.refusal = 431;
    } else {
        server_request_feed(&f->request, head.data, head.size);
    }
}

/* ---- its answer ---- */

static int make_page(struct visit *f)
{
    if (f->request.state != SERVER_REQUEST_IS_REFUSED)
        return f->server->answer(f->server, &f->request.message, &f->page);
    buffer_append_text(&f->page, response_reason(f->request.refusal));
    return f->request.refusal;
}

static int write_answer(struct visit *f)
{
    struct response_terms terms = server_request_terms(&f->request);
    struct response_head head = {.status = make_page(f),
                                 .length = f->page.size};
    int error = response_start(&f->response, &terms, &head);
    if (!error)
        error = response_append(&f->response, buffer_slice(&f->page));
    if (!error)
        error = response_end(&f->response);
    return error;
}

/* Writes all of it: the stream keeps what cannot leave now. */
static struct outcome send_answer(struct visit *f)
{
    struct slice parts[RESPONSE_PARTS], none = {0};
    int error = write_answer(f);
    if (error)
        return outcome_errno(error);
    for (size_t i = 0, n = response_output(&f->response, none, parts); i < n;
         i++)
        stream_write(f->stream, parts[i]);
    while (response_output(&f->response, none, parts))
        response_sent(&f->response, parts[0].size);
    return stream_drain(f->stream);
}

static bool goes_on(struct visit *f)
{
    buffer_clear(&f->page);
    server_request_reset(&f->request);
    return response_then(&f->response) == RESPONSE_THEN_NEXT;
}

/* ---- a connection ---- */

static bool is_exit(const struct outcome *got)
{
    return outcome_failed_with(got, &generator_exit_type);
}

/* A client that leaves is not a failure. What it still sends is read and
 * dropped, because a close with bytes unread would be a reset, which may
 * overtake the answer. */
static struct outcome visit(struct generator *self, struct outcome got)
{
    CO_FRAME(struct visit, f);
    CO_BEGIN;

    do {
        CO_TRY_AWAIT(read_head(f));
        if (outcome_is_failure(&got) &&
            !outcome_failed_with(&got, &limit_overrun_type))
            break;
        take_head(f, &got);
        outcome_drop(got);
        got = outcome_none();
        CO_TRY_AWAIT(send_answer(f));
    } while (!outcome_is_failure(&got) && goes_on(f));
    if (is_exit(&got))
        CO_RETURN(got);
    stream_write_eof(f->stream);
    do {
        outcome_drop(got);
        CO_TRY_AWAIT(stream_read(f->stream, STREAM_LIMIT));
    } while (!outcome_is_none(&got) && !outcome_is_failure(&got));
    if (is_exit(&got))
        CO_RETURN(got);
    outcome_drop(got);

    CO_FINALLY;
    server_request_deinit(&f->request);
    response_deinit(&f->response);
    buffer_deinit(&f->page);
    CO_END_FINALLY;
}

static void page_server_release(struct generator *self)
{
    free(container_of(self, struct visit, frame.generator));
}

static struct generator *client_connected(struct task_server *tasks,
                                          struct stream *stream)
{
    struct visit *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    made->server = container_of(tasks, struct page_server, tasks);
    made->stream = stream;
    made->limits = (struct message_limits){.line = tasks->streams->limit,
                                           .head = tasks->streams->limit + 4,
                                           .body = 0};
    server_request_init(&made->request, &made->limits);
    frame_init(&made->frame, visit);
    made->frame.generator.release = page_server_release;
    return &made->frame.generator;
}

int page_server_start(struct page_server *server, struct streams *streams,
                      const struct address *address)
{
    server->tasks.client_connected = client_connected;
    return start_server(&server->tasks, streams, address);
}

void page_server_close(struct page_server *server)
{
    task_server_close(&server->tasks);
}
