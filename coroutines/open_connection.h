/* SPDX-License-Identifier: MIT */
/* Streams over sockets: asyncio's open_connection and open_unix_connection. The
 * side that accepts is in task_server.h.
 *
 *     CO_AWAIT(open_connection(f->streams, &f->address));
 *     f->stream = got.pointer;
 *     ...
 *     CO_FINALLY;
 *     stream_drop(f->stream);
 *     CO_END_FINALLY;
 */
#ifndef COROUTINES_OPEN_CONNECTION_H
#define COROUTINES_OPEN_CONNECTION_H

#include "coroutines/stream.h"
#include "coroutines/stream_set.h"
#include "http/address.h"
#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value: .pointer is a struct stream. Its owner calls stream_drop at the
 * end; dropping the outcome is the same. */
extern const struct kind stream_kind;

/* On its way to `address`: pending; then a stream_kind, or the failure of the
 * attempt. A wait that is cancelled or dropped ends the attempt. */
OUTCOME_OWNED struct outcome open_connection(struct streams *streams,
                                             const struct address *address);

/* The same to a path (callbacks/unix_stream.h), and over a socket that is
 * connected already, which is taken over: open_connection(sock=...). */
OUTCOME_OWNED struct outcome open_unix_connection(struct streams *streams,
                                                  const char *path);
OUTCOME_OWNED struct outcome open_connection_on(struct streams *streams,
                                                int fd);

/* The same through TLS: there once the handshake is done. `host` is the name
 * that the certificate must have; both are borrowed until then. Fails with
 * -EPROTO when TLS has refused. */
OUTCOME_OWNED struct outcome open_tls_connection(struct streams *streams,
                                                 const struct address *address,
                                                 struct tls_context *context,
                                                 const char *host);

/* Ends the ownership: closes the stream if that was not done; its storage is
 * freed when all is sent. Contract: no code waits for it. NULL is harmless. */
void stream_drop(struct stream *stream);

/* The socket, for inspection. */
int stream_fd(const struct stream *stream);

#ifdef __cplusplus
}
#endif

#endif
