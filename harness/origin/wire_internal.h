/* SPDX-License-Identifier: MIT */
/* The way of a connection's bytes: its socket, or TLS over it, by the same
 * functions that a call uses for https. Private to the origin. */
#ifndef HARNESS_ORIGIN_WIRE_INTERNAL_H
#define HARNESS_ORIGIN_WIRE_INTERNAL_H

#include "http/tls.h"

#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wire {
    int fd;          /* does not block */
    struct tls *tls; /* owned; NULL: http */
};

/* For a client that has been accepted. `context` NULL: http. 0 or a negative
 * errno. */
int wire_init(struct wire *wire, int fd, struct tls_context *context);

/* Leaves the socket open. */
void wire_deinit(struct wire *wire);

/* Sends what it can: how many bytes were taken, or a negative errno (-EAGAIN:
 * none can be taken now). TLS may have taken what it cannot send yet: see
 * wire_flush. */
ssize_t wire_send(struct wire *wire, const struct iovec *parts, size_t count);

/* Sends what TLS has taken. 0: all is sent; -EAGAIN: not yet; or what is wrong.
 */
int wire_flush(struct wire *wire);

/* Does TLS have something to send? */
bool wire_wants_write(const struct wire *wire);

/* Reads the socket once. How many bytes of what the client has sent; 0: it will
 * send no more; -EAGAIN: none are there; or what is wrong. */
ssize_t wire_receive(struct wire *wire, char *data, size_t size);

/* The same without reading the socket: the rest of what TLS has already read,
 * for which the descriptor does not become readable. */
ssize_t wire_receive_rest(struct wire *wire, char *data, size_t size);

/* Ends TLS properly, before the socket is closed. */
void wire_end(struct wire *wire);

#ifdef __cplusplus
}
#endif

#endif
