/* SPDX-License-Identifier: MIT */
/* Stream transports and servers at UNIX addresses: paths in the file system,
 * for programs on one machine. asyncio's create_unix_connection and
 * create_unix_server. Once connected they are stream transports like any other.
 */
#ifndef CALLBACKS_UNIX_STREAM_H
#define CALLBACKS_UNIX_STREAM_H

#include "callbacks/stream_server.h"
#include "callbacks/stream_transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* stream_connect, to the server at `path`. 0; or a negative errno, and then no
 * callback is called: unix_socket_start_connect (nonblocking/unix_socket.h)
 * says which. */
int unix_stream_connect(struct stream_transport *stream,
                        struct transports *shared, const char *path,
                        struct protocol *protocol);

/* stream_server_listen, at `path`. 0 or a negative errno, as of
 * unix_socket_listen: -EADDRINUSE where a server listens already. */
int unix_server_listen(struct stream_server *server, struct transports *shared,
                       const char *path);

/* stream_server_close, and removes the socket's file, in which no server
 * listens any more. */
void unix_server_close(struct stream_server *server, const char *path);

#ifdef __cplusplus
}
#endif

#endif
