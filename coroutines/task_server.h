/* SPDX-License-Identifier: MIT */
/* A server with a Task for each connection: asyncio's start_server and
 * start_unix_server.
 *
 *     static struct generator *echo(struct task_server *server,
 *                                   struct stream *stream);
 *
 *     struct task_server server = {.client_connected = echo};
 *     error = start_server(&server, &streams, &address);
 *
 * A connection belongs to the server, which lends it to the Task and drops the
 * stream when the Task is over. Nothing cancels the Task: when the peer has
 * gone, its reads come to their end. A failure of the Task is reported
 * (callbacks/unhandled.h), unless it is CancelledError.
 */
#ifndef COROUTINES_TASK_SERVER_H
#define COROUTINES_TASK_SERVER_H

#include "callbacks/stream_server.h"
#include "coroutines/generator.h"
#include "coroutines/open_connection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Embedded in whatever serves, and found again with container_of. */
struct task_server {
    /* yours, before start_server */

    /* Makes the generator that serves this connection; the stream is lent to
     * it. NULL: no memory, and the connection is aborted. */
    struct generator *(*client_connected)(struct task_server *server,
                                          struct stream *stream);
    struct tls_context *tls; /* borrowed; NULL: without TLS */

    /* the server's; you may read */
    struct stream_server listener; /* connections_max is yours, too */
    struct streams *streams;
    size_t served; /* connections and their Tasks that are not over */
};

/* Listens, and begins to serve. The address is in
 * stream_server_address(&server->listener, ...). 0 or a negative errno. */
int start_server(struct task_server *server, struct streams *streams,
                 const struct address *address);

/* The same at a path; unix_server_close(&server->listener, path) ends it. */
int start_unix_server(struct task_server *server, struct streams *streams,
                      const char *path);

/* Accepts no more; connections that are served go on. The storage must be there
 * until server->served is 0, or until streams_deinit. Harmless when done
 * twice. */
void task_server_close(struct task_server *server);

#ifdef __cplusplus
}
#endif

#endif
