/* SPDX-License-Identifier: MIT */
/* A request on its way in, at a server: the counterpart of the request that an
 * exchange sends. It is fed bytes as they come and says what it needs; what it
 * does not need to read it leaves. With response.h it makes one connection of
 * a server; the two are apart because a connection that waits for a request has
 * no use for either's memory, and one that answers has none for the request's.
 *
 *     for each piece received, until all of it is taken:
 *         taken = server_request_feed(q, bytes, size)
 *         switch (q->state)
 *         NEEDS_BYTES    the next piece
 *         NEEDS_CONSENT  server_request_accept, or answer without the body
 *         IS_WHOLE       answer
 *         IS_REFUSED     answer with q->refusal
 *
 *     to answer: terms = server_request_terms(q), response_start(r, &terms, …)
 *     then, if response_then(r) is RESPONSE_THEN_NEXT: server_request_reset,
 *     and what was not taken is the beginning of the next request
 *
 * The same in h11 is a Connection with its events Request, Data and
 * EndOfMessage; in Twisted an HTTPChannel, in asyncio's servers the parser
 * inside a Protocol.
 */
#ifndef HTTP_SERVER_REQUEST_H
#define HTTP_SERVER_REQUEST_H

#include "http/message.h"
#include "http/response.h"

#ifdef __cplusplus
extern "C" {
#endif

enum server_request_state {
    SERVER_REQUEST_NEEDS_BYTES,
    SERVER_REQUEST_NEEDS_CONSENT, /* the head is there, and a body follows */
    SERVER_REQUEST_IS_WHOLE,
    SERVER_REQUEST_IS_REFUSED, /* it is not HTTP, or too large */
};

struct server_request {
    enum server_request_state state;
    int refusal; /* IS_REFUSED: the status to answer with */
    /* Method, target and fields are good from the end of the head on;
     * message.error says why a request was refused. */
    struct message message;

    /* The reader's own. */
    const struct message_limits *given;
    struct message_limits limits; /* … for this request */
};

/* `limits` is borrowed. */
void server_request_init(struct server_request *request,
                         const struct message_limits *limits);
void server_request_deinit(struct server_request *request);

/* Ready for the next request; keeps the memory it has. */
void server_request_reset(struct server_request *request);

/* Hands over bytes, and returns how many of them were taken: at most up to the
 * end of the head while consent is needed, and of the request. None are taken
 * in a state other than SERVER_REQUEST_NEEDS_BYTES. */
size_t server_request_feed(struct server_request *request, const char *data,
                           size_t size);

/* In SERVER_REQUEST_NEEDS_CONSENT: lets the body come. It is appended to
 * `body`, which the caller owns; NULL: it is counted and dropped. A client that
 * waits for a 100 Continue is sent one through `response` (RFC 9110, 10.1.1). A
 * body of more than `most` bytes makes the request refused with 413: at once,
 * and without a 100, if its length says so.
 *
 * To answer without the body, call neither this nor feed: the response will
 * end the connection, because the terms say that a part is unread. 0 or
 * -ENOMEM. */
int server_request_accept(struct server_request *request, struct buffer *body,
                          uint64_t most, struct response *response);

/* What the request allows its response to be. */
struct response_terms
server_request_terms(const struct server_request *request);

#ifdef __cplusplus
}
#endif

#endif
