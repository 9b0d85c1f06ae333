/* SPDX-License-Identifier: MIT */
/* An exchange through TLS: the same questions and reports as in exchange.h, for
 * the bytes on the wire instead of those of HTTP. */
#ifndef HTTP_SECURE_EXCHANGE_INTERNAL_H
#define HTTP_SECURE_EXCHANGE_INTERNAL_H

#include "http/exchange.h"
#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Hands TLS as much of the request as it takes now: at the beginning, and on a
 * connection that is used again. Then tls_output has what goes to the wire. */
void secure_exchange_push(struct exchange *exchange, struct tls *tls);

/* WANTS_READ, WANTS_WRITE, both; 0 once it is done. TLS may want to write
 * although the request is sent, and to read before it is. */
unsigned secure_exchange_wants(const struct exchange *exchange,
                               const struct tls *tls);

/* As exchange_sent, for bytes of tls_output. */
void secure_exchange_sent(struct exchange *exchange, struct tls *tls,
                          ssize_t count);

/* As exchange_received, for bytes of the wire. TLS_OK; or why the connection
 * has failed, and then the exchange is left as it is. */
enum tls_error secure_exchange_received(struct exchange *exchange,
                                        struct tls *tls, const char *data,
                                        ssize_t count);

#ifdef __cplusplus
}
#endif

#endif
