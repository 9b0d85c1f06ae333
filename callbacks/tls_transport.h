/* SPDX-License-Identifier: MIT */
/* TLS as a transport over another transport. The protocol above it is the same
 * as over TCP; connection_made comes when the handshake is done.
 *
 *     protocol  <->  tls_transport  <->  stream_transport  <->  the wire
 */
#ifndef CALLBACKS_TLS_TRANSPORT_H
#define CALLBACKS_TLS_TRANSPORT_H

#include "callbacks/transport.h"
#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The storage is the caller's, until connection_lost has been entered. */
struct tls_transport {
    struct transport transport; /* what the protocol above writes to */
    struct protocol wire_side;  /* give this one to the transport below */

    /* the transport's; inspectors may read */
    struct transports *shared;
    struct transport *wire; /* NULL before the transport below is there */
    struct tls *tls;
    struct buffer unsent; /* plain bytes that TLS has not taken yet, ... */
    size_t taken;         /* ... of which it has taken this many since */
    struct handle drain;  /* hands out what came while reading was paused */
    int error;            /* for the transport below, once there is one */
    bool made, reading, closing, eof_written, over;
    bool ended; /* the peer has ended TLS */
};

/* For a client: `host` is the name that the certificate must have. Or for a
 * server. Then make a transport below with &tls->wire_side as its protocol. 0,
 * -ENOTSUP or -ENOMEM. */
int tls_transport_connect(struct tls_transport *tls, struct transports *shared,
                          struct tls_context *context, const char *host,
                          struct protocol *protocol);
int tls_transport_accept(struct tls_transport *tls, struct transports *shared,
                         struct tls_context *context,
                         struct protocol *protocol);

/* When no transport was made below, or that was given back without a loop:
 * gives back what the above have taken. After connection_lost this has been
 * done. */
void tls_transport_deinit(struct tls_transport *tls);

/* Why connection_lost was told -EPROTO. Good until connection_lost returns. */
enum tls_error tls_transport_error(const struct tls_transport *tls);

#ifdef __cplusplus
}
#endif

#endif
