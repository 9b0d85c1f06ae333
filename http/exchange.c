/* SPDX-License-Identifier: MIT */
#include "http/exchange.h"

#include <errno.h>

void exchange_init(struct exchange *exchange,
                   const struct message_limits *limits)
{
    *exchange = (struct exchange){0};
    message_init(&exchange->response, MESSAGE_RESPONSE, limits);
}

void exchange_deinit(struct exchange *exchange)
{
    message_deinit(&exchange->response);
}

void exchange_start(struct exchange *exchange, const struct request *request,
                    bool keep_alive, struct buffer *body)
{
    exchange->error = FETCH_OK;
    exchange->detail = 0;
    exchange->request = request;
    exchange->keep_alive = keep_alive;
    exchange->done = false;
    exchange->may_reuse = false;
    exchange->sent = 0;
    exchange->send_error = 0;
    message_reset(&exchange->response, request->method == METHOD_HEAD, body);
}

static const struct buffer *head(const struct exchange *exchange)
{
    return &exchange->request->wire[exchange->keep_alive];
}

static bool is_sent(const struct exchange *exchange)
{
    const struct request *request = exchange->request;
    size_t size = head(exchange)->size;
    if (!request->body_in_wire)
        size += request->body.size;
    return exchange->sent == size;
}

unsigned exchange_wants(const struct exchange *exchange)
{
    if (exchange->done)
        return 0;
    if (exchange->send_error || is_sent(exchange))
        return WANTS_READ;
    return WANTS_READ | WANTS_WRITE;
}

struct slice exchange_output(const struct exchange *exchange)
{
    struct slice rest = {NULL, 0};
    if (!(exchange_wants(exchange) & WANTS_WRITE))
        return rest;
    const struct buffer *from = head(exchange);
    size_t at = exchange->sent;
    if (at >= from->size) {
        at -= from->size;
        from = &exchange->request->body;
    }
    rest.data = from->data + at;
    rest.size = from->size - at;
    return rest;
}

void exchange_sent(struct exchange *exchange, ssize_t count)
{
    if (count < 0)
        exchange->send_error = (int)count;
    else
        exchange->sent += (size_t)count;
}

static void end_exchange(struct exchange *exchange, enum fetch_error error,
                         int detail)
{
    exchange->error = error;
    exchange->detail = detail;
    exchange->done = true;
}

/* The parser refused what came: it was too much, or not HTTP. */
static void refuse_response(struct exchange *exchange)
{
    enum message_error why = exchange->response.error;
    switch (why) {
    case MESSAGE_NO_MEMORY:
        end_exchange(exchange, FETCH_NO_MEMORY, -ENOMEM);
        break;
    case MESSAGE_LINE_TOO_LONG:
    case MESSAGE_TOO_MUCH_FRAMING:
    case MESSAGE_HEAD_TOO_LARGE:
    case MESSAGE_BODY_TOO_LARGE:
        end_exchange(exchange, FETCH_TOO_LARGE, (int)why);
        break;
    default:
        end_exchange(exchange, FETCH_PROTOCOL, (int)why);
    }
}

static void peer_closed(struct exchange *exchange)
{
    if (message_end(&exchange->response) == 0)
        end_exchange(exchange, FETCH_OK, 0);
    else if (exchange_is_answered(exchange))
        end_exchange(exchange, FETCH_TRUNCATED, MESSAGE_TRUNCATED);
    else if (exchange->send_error)
        end_exchange(exchange, fetch_error_from_errno(exchange->send_error),
                     exchange->send_error);
    else
        end_exchange(exchange, FETCH_CLOSED, 0);
}

void exchange_received(struct exchange *exchange, const char *data,
                       ssize_t count)
{
    if (count < 0) {
        end_exchange(exchange, fetch_error_from_errno((int)count), (int)count);
        return;
    }
    if (count == 0) {
        peer_closed(exchange);
        return;
    }
    ssize_t taken = message_feed(&exchange->response, data, (size_t)count);
    if (taken < 0) {
        refuse_response(exchange);
    } else if (message_is_complete(&exchange->response)) {
        /* Bytes behind the answer belong to no request. */
        exchange->may_reuse = taken == count && exchange->keep_alive &&
                              exchange->response.keep_alive &&
                              !exchange->send_error && is_sent(exchange);
        end_exchange(exchange, FETCH_OK, 0);
    }
}

bool exchange_may_reuse(const struct exchange *exchange)
{
    return exchange->done && exchange->may_reuse;
}

bool exchange_is_answered(const struct exchange *exchange)
{
    return exchange->response.started;
}
