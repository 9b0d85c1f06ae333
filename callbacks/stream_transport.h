/* SPDX-License-Identifier: MIT */
/* A transport over a stream socket: TCP, or a UNIX socket (unix_stream.h). */
#ifndef CALLBACKS_STREAM_TRANSPORT_H
#define CALLBACKS_STREAM_TRANSPORT_H

#include "callbacks/transport.h"
#include "http/address.h"

#ifdef __cplusplus
extern "C" {
#endif

struct stream_server;

/* What a stream does with its descriptor. Both are as in nonblocking/socket.h;
 * NULL: that direction is not there. */
struct stream_channel {
    ssize_t (*send)(int fd, struct slice bytes);
    ssize_t (*receive)(int fd, void *data, size_t size);
    void (*end_writing)(int fd); /* NULL: only a close tells the peer */
};

/* The storage is the caller's, from connect or accept until connection_lost has
 * been entered. */
struct stream_transport {
    struct transport transport;

    /* the transport's; inspectors may read */
    const struct stream_channel *channel;
    struct transports *shared;
    struct stream_server *server; /* whose connection it is; or NULL */
    struct watch watch;
    struct handle turn;       /* the call at its beginning or at its end */
    struct buffer unsent;     /* what did not fit, ... */
    size_t sent;              /* ... of which this much has left since */
    struct water_marks marks; /* in bytes */
    int error;                /* for connection_lost */
    bool connecting;          /* connection_made has not been called */
    bool reading;
    bool eof_seen, eof_written;
    bool closing, over; /* over: connection_lost is on its way */
};

/* On its way to `address`: connection_made in a later turn; or connection_lost
 * without it, when the attempt fails. 0, or a negative errno and then no
 * callback is called. */
int stream_connect(struct stream_transport *stream, struct transports *shared,
                   const struct address *address, struct protocol *protocol);

/* Over a socket that is connected and does not block, which it takes over:
 * connection_made in the next turn. Cannot fail. */
void stream_adopt(struct stream_transport *stream, struct transports *shared,
                  int fd, struct protocol *protocol);

/* The same over a socket that is on its way to its peer already. It is taken
 * over, also when that fails. A negative errno in its place, of a socket that
 * could not be had, comes back as it is. */
int stream_begin_connect(struct stream_transport *stream,
                         struct transports *shared, int fd,
                         struct protocol *protocol);

/* The same as stream_adopt over any descriptor; see pipe_transport.h. */
void stream_adopt_channel(struct stream_transport *stream,
                          struct transports *shared, int fd,
                          const struct stream_channel *channel,
                          struct protocol *protocol);

/* Gives all back at once, without a loop that goes on: no callback is called.
 * Harmless after connection_lost. */
void stream_deinit(struct stream_transport *stream);

/* Water marks in bytes, 64 KiB and 16 KiB before the first call. Pauses the
 * protocol when more than `high` bytes are kept, resumes it when there are
 * `low` or fewer; low is at most high. (0, 0) pauses when anything is kept. */
void stream_set_limits(struct stream_transport *stream, size_t high,
                       size_t low);

#ifdef __cplusplus
}
#endif

#endif
