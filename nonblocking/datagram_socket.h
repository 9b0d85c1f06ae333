/* SPDX-License-Identifier: MIT */
/* UDP sockets that do not wait: as socket.h, each call does what is possible
 * now. */
#ifndef NONBLOCKING_DATAGRAM_SOCKET_H
#define NONBLOCKING_DATAGRAM_SOCKET_H

#include "base/bytes.h"
#include "http/address.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A new one, that receives at `local` and is connected to `remote`; either may
 * be NULL, not both. The descriptor, or a negative errno. */
int datagram_socket_open(const struct address *local,
                         const struct address *remote);

/* To the connected peer when `to` is NULL. 0; -EAGAIN when it does not fit now;
 * a negative errno, which may be about an earlier message. */
int datagram_socket_send(int fd, struct slice data, const struct address *to);

/* The size of one message and where it came from; -EAGAIN when there is none; a
 * negative errno, which may be about a message that was sent. What does not fit
 * is cut off. */
ssize_t datagram_socket_receive(int fd, void *data, size_t size,
                                struct address *from);

#ifdef __cplusplus
}
#endif

#endif
