/* SPDX-License-Identifier: MIT */
/* A request that a server has read, and the answer to it: what an application
 * on http_server.h works with. All of it happens on the loop's thread.
 *
 *     http_request_answer(request, 200, "text/plain", slice_of("Hello\n"))
 *
 * or, when the answer is long or made over time:
 *
 *     http_request_start(request, &head)
 *     http_request_write(request, piece)     false: go on when told to resume
 *     http_request_end(request)
 *
 * Each request is ended exactly once: by http_request_answer, _refuse, _end or
 * _abort. That may be inside handle_request or in any later turn, and also when
 * the client has gone meanwhile. The request is there until then, and no
 * longer.
 *
 * aiohttp has the same as Request and StreamResponse, Twisted as its Request
 * with write() and finish().
 */
#ifndef CALLBACKS_HTTP_REQUEST_H
#define CALLBACKS_HTTP_REQUEST_H

#include "http/server_request.h"

#ifdef __cplusplus
extern "C" {
#endif

struct http_connection;
struct http_server;

struct http_request {
    /* What has been asked, to be read. */
    struct http_server *server;
    struct slice method; /* "GET" */
    struct slice target; /* "/page?query" */
    const struct headers *headers;
    struct slice body;

    /* Set by you in handle_request; all may stay NULL. */
    void *context;
    /* After http_request_write has returned false: more may be written. */
    void (*resume)(struct http_request *request);
    /* The client has gone, in a turn of its own: what is written is dropped
     * from now on. The request may be ended in here, or later. */
    void (*lost)(struct http_request *request);

    /* The server's own. */
    struct http_connection *connection; /* NULL: the client has gone */
    struct server_request reading;
    struct buffer received; /* the body */
    struct response response;
    bool handed_over; /* the application has it, and has not ended it */
};

/* Sends the whole answer, and ends the request. `type` is the Content-Type, or
 * NULL; the body is copied. To a HEAD request the body is not sent. */
void http_request_answer(struct http_request *request, int status,
                         const char *type, struct slice body);

/* The same with a line of plain text. `sentence` is that line, without its end;
 * NULL: the usual phrase of the status. */
void http_request_refuse(struct http_request *request, int status,
                         const char *sentence);

/* Is the method one of these ("GET, HEAD")? If not, the request is answered
 * with 405, which ends it. */
bool http_request_allows(struct http_request *request, const char *methods);

/* Begins an answer, once. `head` need not outlive the call; its status is not
 * 101. 0; or -EINVAL or -ENOMEM as of response_start, and then nothing was
 * begun. */
int http_request_start(struct http_request *request,
                       const struct response_head *head);

/* A piece of the body, which is copied. Returns whether more may be written at
 * once. False: the piece is kept, but the client is slow, and what comes next
 * should wait for `resume`, or else it is kept in memory as well. */
bool http_request_write(struct http_request *request, struct slice piece);

/* The answer is complete. If it is shorter or longer than its head promised,
 * the connection is aborted: the client must not take the answer for whole. */
void http_request_end(struct http_request *request);

/* Gives up without an answer, or without its rest: the connection is
 * aborted. */
void http_request_abort(struct http_request *request);

#ifdef __cplusplus
}
#endif

#endif
