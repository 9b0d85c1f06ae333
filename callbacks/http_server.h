/* SPDX-License-Identifier: MIT */
/* An HTTP server on transports: it reads requests, and an application answers
 * them (row E5: Tulip's ServerHttpProtocol with handle_request; Twisted's
 * Site).
 *
 *     application     handle_request, http_request_answer     http_request.h
 *     this server     requests in, answers out, in order; limits and deadlines
 *     transport       TCP, or TLS over TCP                    transport.h
 *
 * A connection serves one request at a time. What a client sends meanwhile
 * waits for its turn, so answers leave in the order of their requests, however
 * late one is. Clients that are slow, silent or hostile cost what is said here,
 * and hold up only themselves:
 *
 *     too long a line, a head, a body       414, 431, 413, then closed
 *     not HTTP, or ambiguous                400 (505), then closed
 *     a request that does not get finished  408, then closed
 *     silence between requests              closed
 *     an answer that is not read            not written on; aborted at last
 *
 * Closing is not aborting. A connection is closed when all of its answer has
 * been sent, and after an answer to a request that was not read to its end it
 * is read on for a second, because a close with bytes unread is a reset, which
 * may overtake the answer. It is aborted when that takes too long.
 *
 * A connection that waits for its next request holds no buffer and no request:
 * less than 1 KiB, which a test sees to; with TLS, what OpenSSL needs comes on
 * top. The figures of a machine: ./lab test -R KeepsLittleMemory -V
 */
#ifndef CALLBACKS_HTTP_SERVER_H
#define CALLBACKS_HTTP_SERVER_H

#include "callbacks/http_request.h"
#include "callbacks/stream_server.h"
#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Embedded in the application, and found again with container_of. The storage
 * is the caller's. */
struct http_server {
    /* yours, before http_server_listen */

    /* A request has been read, with its body: answer it now or later. */
    void (*handle_request)(struct http_server *server,
                           struct http_request *request);
    struct tls_context *tls; /* borrowed: https; NULL: http */
    /* In bytes; 0: 8 KiB a line, 16 KiB a head, 1 MiB a body. */
    struct message_limits limits;
    /* How long a connection may be silent between requests; 0: 60 s. */
    nanos idle_timeout;
    /* From the first byte of a request to its last, however they drip; 0: 20 s.
     */
    nanos request_timeout;
    /* How long a client may take to read on, once 64 KiB wait for it or the
     * connection is to be closed; 0: 20 s. */
    nanos send_timeout;

    /* the server's; you may read */
    struct stream_server listener; /* connections_max is yours, too */
    struct http_connection *connections;
    bool closing;
};

/* Listens, and begins to serve. The address is in
 * stream_server_address(&server->listener, …). 0 or a negative errno. */
int http_server_listen(struct http_server *server, struct transports *shared,
                       const struct address *address);

/* Accepts no more, closes what waits for a request, and the others when their
 * answer has been sent. The storage must be there until
 * server->listener.connections is 0 and all requests are ended, which may take
 * as long as the application takes to answer. Harmless when done twice. */
void http_server_close(struct http_server *server);

/* Accepts no more and cuts all connections: in the next turn they are gone.
 * Requests that are not answered yet are `lost`, and still to be ended. */
void http_server_abort(struct http_server *server);

#ifdef __cplusplus
}
#endif

#endif
