/* SPDX-License-Identifier: MIT */
/* A stream with the transport below it, on the heap. Private to
 * open_connection.h and task_server.h. */
#ifndef COROUTINES_STREAM_CONNECTION_INTERNAL_H
#define COROUTINES_STREAM_CONNECTION_INTERNAL_H

#include "callbacks/stream_transport.h"
#include "callbacks/tls_transport.h"
#include "coroutines/open_connection.h"

#ifdef __cplusplus
extern "C" {
#endif

struct stream_connection {
    struct stream stream;
    struct stream_transport socket;
    struct tls_transport *tls; /* between the two; or NULL */
    struct streams_member member;
    bool dropped; /* it has no owner any more */
};

/* A new one without a transport yet; stream_connection_protocol is the protocol
 * to give to that. `size` is that of the whole, of which this is the first
 * member. NULL: no memory. */
void *stream_connection_new(struct streams *streams, size_t size,
                            void (*told)(struct stream *stream));

/* Puts TLS below, on either side: `host` is NULL on that of the server. 0 or a
 * negative errno. */
int stream_connection_add_tls(struct stream_connection *connection,
                              struct tls_context *context, const char *host);

struct protocol *
stream_connection_protocol(struct stream_connection *connection);

/* Frees it. Contract: its transport has ended, or there never was one. */
void stream_connection_free(struct stream_connection *connection);

/* Its `cut` as a member of streams; may be replaced by one that does more. */
void stream_connection_cut(struct streams_member *member);

static inline struct stream_connection *
stream_connection_of(struct stream *stream)
{
    return container_of(stream, struct stream_connection, stream);
}

#ifdef __cplusplus
}
#endif

#endif
