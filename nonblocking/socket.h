/* SPDX-License-Identifier: MIT */
/* Sockets that do not wait: each call does what is possible now, and says what
 * that was. If nothing is possible now it returns -EAGAIN, which is an answer
 * and not an error. Callers never see EINTR: since nothing waits, an
 * interrupted call is repeated. */
#ifndef NONBLOCKING_SOCKET_H
#define NONBLOCKING_SOCKET_H

#include "base/bytes.h"
#include "http/address.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A new stream socket for this kind of address: non-blocking, closed on exec,
 * without Nagle's delay. The descriptor, or a negative errno. */
int socket_open(const struct address *address);

/* The same, and begins to connect it to `address`. The descriptor, or a
 * negative errno. Even to this machine the connection usually takes a moment:
 * wait until the socket is writable, then call socket_connect_result. */
int socket_start_connect(const struct address *address);

/* Once writable: 0 when connected, or the negative errno of the attempt. */
int socket_connect_result(int fd);

/* A socket that listens at the address (port 0: a free one). After it is
 * closed, another one can listen there at once. Accepted sockets are without
 * Nagle's delay, too. The descriptor, or a negative errno. */
int socket_listen(const struct address *address);

/* Accepts a connection; -EAGAIN when there is none. -ECONNABORTED or -EPROTO
 * means that a connection ended while it waited: there may be others behind
 * it. */
int socket_accept(int fd);

/* The address that it has on this side. 0 or a negative errno. */
int socket_address(int fd, struct address *address);

/* How many bytes went out; -EAGAIN when none fit; a negative errno, never
 * SIGPIPE. */
ssize_t socket_send(int fd, struct slice bytes);

/* How many bytes came in; 0 when the peer has closed; -EAGAIN when there are
 * none yet; a negative errno. */
ssize_t socket_receive(int fd, void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
