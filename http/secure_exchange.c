/* SPDX-License-Identifier: MIT */
#include "http/secure_exchange_internal.h"

/* A record of TLS holds 16 KiB at the most. */
enum { RECORD = 16 * 1024 };

void secure_exchange_push(struct exchange *exchange, struct tls *tls)
{
    while (exchange_wants(exchange) & WANTS_WRITE) {
        ssize_t count = tls_write(tls, exchange_output(exchange));
        if (count <= 0)
            return; /* an error shows again when something is received */
        exchange_sent(exchange, count);
    }
}

unsigned secure_exchange_wants(const struct exchange *exchange,
                               const struct tls *tls)
{
    if (exchange_is_done(exchange))
        return 0;
    if (exchange->send_error || tls_output(tls).size == 0)
        return WANTS_READ;
    return WANTS_READ | WANTS_WRITE;
}

void secure_exchange_sent(struct exchange *exchange, struct tls *tls,
                          ssize_t count)
{
    if (count < 0) {
        exchange_sent(exchange, count);
        return;
    }
    tls_sent(tls, (size_t)count);
    secure_exchange_push(exchange, tls);
}

/* Bytes after the answer make the connection unfit for another request. */
static void take_plain(struct exchange *exchange, const char *plain,
                       ssize_t count)
{
    if (exchange_is_done(exchange))
        exchange->may_reuse = false;
    else
        exchange_received(exchange, plain, count);
}

/* Reads everything that TLS has now: what TLS has already taken from the socket
 * would not make it readable again. For the same reason a part of a record
 * behind the answer would not be noticed before the next answer. */
static enum tls_error read_all(struct exchange *exchange, struct tls *tls)
{
    char plain[RECORD];
    ssize_t count;
    while ((count = tls_read(tls, plain, sizeof plain)) >= 0) {
        take_plain(exchange, plain, count);
        if (count == 0)
            return TLS_OK;
    }
    if (exchange_is_done(exchange) && tls_awaits_rest(tls))
        exchange->may_reuse = false;
    return tls_error(tls);
}

/* An end without TLS's notice may be an attempt to cut a page short. But if
 * nothing has come at all, the server has merely closed the connection. */
static enum tls_error wire_ended(struct exchange *exchange, struct tls *tls)
{
    if (!tls_is_ready(tls))
        return TLS_REFUSED;
    if (tls_ended(tls) && exchange_is_answered(exchange))
        return TLS_CUT_SHORT;
    exchange_received(exchange, NULL, 0);
    return TLS_OK;
}

enum tls_error secure_exchange_received(struct exchange *exchange,
                                        struct tls *tls, const char *data,
                                        ssize_t count)
{
    if (count < 0) {
        exchange_received(exchange, data, count);
        return TLS_OK;
    }
    if (count == 0)
        return wire_ended(exchange, tls);
    if (tls_received(tls, data, (size_t)count))
        return tls_error(tls);
    if (!tls_is_ready(tls))
        return TLS_OK;
    secure_exchange_push(exchange, tls);
    return read_all(exchange, tls);
}
