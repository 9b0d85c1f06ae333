/* SPDX-License-Identifier: MIT */
/* Sockets that do not wait: each call does what is possible now, and says so.
 * Not possible now is -EAGAIN, which is an answer and not an error. An EINTR is
 * never seen: where nothing waits, a call that was interrupted is repeated. */
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

/* The same, on its way to `address`. The descriptor, or a negative errno. Even
 * towards this machine it is usually still on its way: wait until it is
 * writable, then ask. */
int socket_start_connect(const struct address *address);

/* Once writable: 0 when connected, or the negative errno of the attempt. */
int socket_connect_result(int fd);

/* A socket that listens at the address (port 0: a free one), of which a new one
 * may listen there again at once. What it accepts has no Nagle's delay either.
 * The descriptor, or a negative errno. */
int socket_listen(const struct address *address);

/* One that has come in; -EAGAIN when there is none. A connection that ended
 * while it waited is -ECONNABORTED or -EPROTO: there may be others behind. */
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
