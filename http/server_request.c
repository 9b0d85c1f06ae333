/* SPDX-License-Identifier: MIT */
#include "http/server_request.h"

#include "base/contract.h"
#include "http/message_internal.h"

void server_request_init(struct server_request *request,
                         const struct message_limits *limits)
{
    *request = (struct server_request){.given = limits, .limits = *limits};
    message_init(&request->message, MESSAGE_REQUEST, &request->limits);
}

void server_request_deinit(struct server_request *request)
{
    message_deinit(&request->message);
}

void server_request_reset(struct server_request *request)
{
    request->state = SERVER_REQUEST_NEEDS_BYTES;
    request->refusal = 0;
    request->limits = *request->given;
    message_reset(&request->message, false, NULL);
}

/* ---- what is wrong with it ---- */

/* RFC 9112, 3: a target that is too long has a status of its own. */
static int status_of_long_line(const struct message *message)
{
    return message->method_size == 0 ? 414 : 431;
}

static int status_of(const struct message *message)
{
    switch (message->error) {
    case MESSAGE_LINE_TOO_LONG:
        return status_of_long_line(message);
    case MESSAGE_HEAD_TOO_LARGE:
        return 431;
    case MESSAGE_TOO_MUCH_FRAMING:
    case MESSAGE_BODY_TOO_LARGE:
        return 413;
    case MESSAGE_BAD_VERSION:
        return 505;
    case MESSAGE_NO_MEMORY:
        return 503;
    default:
        return 400;
    }
}

/* ---- from bytes to a request ---- */

/* Sets the state from how much of the message has been read. */
static void advance(struct server_request *request, bool had_head)
{
    const struct message *message = &request->message;
    if (message->state == MESSAGE_FAILED) {
        request->state = SERVER_REQUEST_IS_REFUSED;
        request->refusal = status_of(message);
    } else if (message_is_complete(message)) {
        request->state = SERVER_REQUEST_IS_WHOLE;
    } else if (!had_head && message_has_head(message)) {
        request->state = SERVER_REQUEST_NEEDS_CONSENT;
    }
}

size_t server_request_feed(struct server_request *request, const char *data,
                           size_t size)
{
    struct message *message = &request->message;
    if (request->state != SERVER_REQUEST_NEEDS_BYTES)
        return 0;
    bool had_head = message_has_head(message);
    ssize_t taken = had_head ? message_feed(message, data, size)
                             : message_feed_head(message, data, size);
    advance(request, had_head);
    /* What follows refused bytes cannot be interpreted. */
    return taken < 0 ? size : (size_t)taken;
}

/* A client of HTTP/1.0 is sent no 100, whatever it expects. */
static bool waits_for_continue(const struct message *message)
{
    const char *expect = headers_find(&message->headers, "expect");
    return expect && message->minor_version == 1 &&
           slice_equal_nocase(slice_of(expect), slice_of("100-continue"));
}

int server_request_accept(struct server_request *request, struct buffer *body,
                          uint64_t most, struct response *response)
{
    struct message *message = &request->message;
    REQUIRE(request->state == SERVER_REQUEST_NEEDS_CONSENT,
            "server_request_accept: only when consent is needed");
    if (request->limits.body > most)
        request->limits.body = most;
    message->body = body;
    if (message->has_length && message->remaining > most) {
        message_refuse(message, MESSAGE_BODY_TOO_LARGE);
        advance(request, true);
        return 0;
    }
    int error =
        waits_for_continue(message) ? response_interim(response, 100, NULL) : 0;
    if (!error)
        request->state = SERVER_REQUEST_NEEDS_BYTES;
    return error;
}

struct response_terms server_request_terms(const struct server_request *request)
{
    const struct message *message = &request->message;
    bool whole = request->state == SERVER_REQUEST_IS_WHOLE;
    struct slice method = message_method(message);
    return (struct response_terms){
        /* Until the version is known, we answer with 1.1. */
        .minor_version = message_has_head(message) ? message->minor_version : 1,
        .head_only = slice_equal(method, slice_of("HEAD")),
        .keep_alive = whole && message->keep_alive,
        .unread = !whole,
    };
}
