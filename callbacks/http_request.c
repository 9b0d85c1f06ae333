/* SPDX-License-Identifier: MIT */
#include "callbacks/http_request.h"

#include "base/contract.h"
#include "callbacks/http_connection_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- its life ---- */

struct http_request *http_request_new(struct http_connection *connection)
{
    struct http_request *request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    request->server = connection->server;
    request->connection = connection;
    server_request_init(&request->reading, &connection->server->limits);
    return request;
}

void http_request_free(struct http_request *request)
{
    server_request_deinit(&request->reading);
    buffer_deinit(&request->received);
    response_deinit(&request->response);
    free(request);
}

/* Is there still a connection that waits for the answer? Not when the client
 * has gone, nor when the connection was aborted because of what was written
 * before. */
static bool is_awaited(const struct http_request *request)
{
    return request->connection && request->connection->state == HTTP_ANSWERS;
}

/* Frees it once the application has ended it and its connection does not need
 * it. */
static void forget_request(struct http_request *request)
{
    if (request->connection)
        request->connection->request = NULL;
    http_request_free(request);
}

/* ---- the answer, piece by piece ---- */

int http_request_start(struct http_request *request,
                       const struct response_head *head)
{
    struct response_terms terms = server_request_terms(&request->reading);
    if (head->status == 101)
        return -EINVAL;
    if (request->server->closing)
        terms.keep_alive = false;
    return response_start(&request->response, &terms, head);
}

bool http_request_write(struct http_request *request, struct slice piece)
{
    if (!is_awaited(request))
        return false;
    int error = response_append(&request->response, piece);
    if (error) {
        http_connection_abort(request->connection, error);
        return false;
    }
    http_connection_send(request->connection);
    return !response_wants_write(&request->response) &&
           !request->connection->paused;
}

void http_request_end(struct http_request *request)
{
    request->handed_over = false;
    if (!is_awaited(request)) {
        forget_request(request);
        return;
    }
    if (response_end(&request->response)) {
        http_connection_abort(request->connection, -EMSGSIZE);
        forget_request(request);
        return;
    }
    http_connection_send(request->connection);
}

void http_request_abort(struct http_request *request)
{
    if (request->connection)
        http_connection_abort(request->connection, -ECONNABORTED);
    forget_request(request);
}

/* ---- the answer as a whole ---- */

static int answer_request(struct http_request *request, int status,
                          const struct headers *fields, struct slice body)
{
    struct response_head head = {
        .status = status, .fields = fields, .length = body.size};
    int error = http_request_start(request, &head);
    if (!error)
        error = response_append(&request->response, body);
    return error;
}

/* Takes the fields over. */
static void answer_with(struct http_request *request, int status,
                        struct headers *fields, const char *type,
                        struct slice body)
{
    int error = 0;
    if (type)
        error = headers_add(fields, slice_of("Content-Type"), slice_of(type));
    if (!error)
        error = answer_request(request, status, fields, body);
    headers_deinit(fields);
    if (error)
        http_request_abort(request);
    else
        http_request_end(request);
}

void http_request_answer(struct http_request *request, int status,
                         const char *type, struct slice body)
{
    struct headers fields = {0};
    answer_with(request, status, &fields, type, body);
}

static const char text[] = "text/plain; charset=utf-8";

static void refuse_with(struct http_request *request, int status,
                        struct headers *fields, const char *sentence)
{
    char line[256];
    int size = snprintf(line, sizeof line, "%.200s\n",
                        sentence ? sentence : response_reason(status));
    answer_with(request, status, fields, text,
                (struct slice){line, (size_t)size});
}

void http_request_refuse(struct http_request *request, int status,
                         const char *sentence)
{
    struct headers fields = {0};
    refuse_with(request, status, &fields, sentence);
}

/* ---- methods ---- */

/* Takes the next name off a list with commas. */
static struct slice next_name(const char **list)
{
    size_t size = strcspn(*list, ",");
    struct slice name = {*list, size};
    *list += size + ((*list)[size] == ',');
    return slice_trim(name);
}

bool http_request_allows(struct http_request *request, const char *methods)
{
    for (const char *rest = methods; *rest;)
        if (slice_equal(next_name(&rest), request->method))
            return true;
    struct headers fields = {0};
    if (headers_add(&fields, slice_of("Allow"), slice_of(methods))) {
        headers_deinit(&fields);
        http_request_abort(request);
    } else {
        refuse_with(request, 405, &fields, NULL);
    }
    return false;
}
