/* SPDX-License-Identifier: MIT */
/* A server: it accepts connections on one address, and a factory makes the
 * protocol of each (row D4: Twisted's listenTCP and ServerFactory, asyncio's
 * create_server). All on the loop's thread.
 */
#ifndef CALLBACKS_STREAM_SERVER_H
#define CALLBACKS_STREAM_SERVER_H

#include "callbacks/stream_transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Embedded in whatever makes protocols, and found again with container_of. The
 * storage is the caller's. */
struct stream_server {
    /* yours, before stream_server_listen */

    /* Makes a protocol with a transport in storage of its own, adopts the
     * socket with stream_adopt, and returns the transport. NULL, when there is
     * no memory for one: the connection is closed, the exception handler told,
     * and for a moment none is accepted. So too without descriptors. */
    struct stream_transport *(*accepted)(struct stream_server *server, int fd);
    size_t connections_max; /* others wait in the backlog; 0: no limit */

    /* the server's; you may read */
    struct transports *shared;
    struct watch watch;
    struct handle resume; /* accepts again, after a shortage */
    size_t connections;   /* open now */
    bool listening;       /* stream_server_close has not been called */
};

/* Listens on the address, of any family (port 0: a free one), and begins to
 * accept. 0 or a negative errno. */
int stream_server_listen(struct stream_server *server,
                         struct transports *shared,
                         const struct address *address);

/* The same over a socket that listens already, which it takes over. After an
 * error it is still the caller's. */
int stream_server_adopt(struct stream_server *server, struct transports *shared,
                        int fd);

/* Where it listens. 0 or a negative errno. */
int stream_server_address(const struct stream_server *server,
                          struct address *address);

/* Accepts no more. The connections that are open stay. Harmless when done
 * twice. The storage must be there until connection_lost of the last connection
 * has been entered. */
void stream_server_close(struct stream_server *server);

/* For stream_transport.c: one of its connections has ended. */
void stream_server_ended(struct stream_server *server);

#ifdef __cplusplus
}
#endif

#endif
