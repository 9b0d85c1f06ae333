/* SPDX-License-Identifier: MIT */
/* One connection of an HTTP server. Private to http_server.h and
 * http_request.h.
 *
 *     WAITS --first byte--> READS --request--> ANSWERS --all out--> WAITS
 *       |                     | 4xx, 408          |                or CLOSES
 *       | silence             +-----> ANSWERS     |                or DRAINS
 *       +-----> CLOSES                            | not read: aborted
 */
#ifndef CALLBACKS_HTTP_CONNECTION_INTERNAL_H
#define CALLBACKS_HTTP_CONNECTION_INTERNAL_H

#include "callbacks/http_server.h"
#include "callbacks/tls_transport.h"

#ifdef __cplusplus
extern "C" {
#endif

enum http_connection_state {
    HTTP_WAITS,   /* for the first byte of a request */
    HTTP_READS,   /* has a part of one */
    HTTP_ANSWERS, /* the application does, or what it has written goes out */
    HTTP_DRAINS,  /* closed on our side, reads and drops */
    HTTP_CLOSES,  /* sends what is kept below; what comes is dropped */
};

struct http_connection {
    struct protocol protocol;
    struct http_server *server;
    struct http_connection *next, *previous;
    struct stream_transport stream;
    struct tls_transport *tls;    /* over the stream; NULL for http */
    struct transport *transport;  /* the upper one of them */
    struct http_request *request; /* being read or answered; or NULL */
    struct buffer pending;        /* came while a request was answered */
    struct handle timer;          /* its deadline; or its next turn */
    enum http_connection_state state;
    bool paused; /* the transport has more to send than it wants */
    bool ended;  /* the client sends no more */
    bool taking; /* take_bytes() is running, and goes on by itself */
};

/* Takes over `fd`. NULL when there is no memory: then `fd` is still the
 * caller's. */
struct http_connection *http_connection_new(struct http_server *server, int fd);

/* Closes the connection now if it waits for a request, else when it has
 * answered. */
void http_connection_close(struct http_connection *connection);

/* Call it after more of the response was written, or its end: sends what it
 * can, and goes on to the next request when all is sent. */
void http_connection_send(struct http_connection *connection);

/* Aborts the connection: connection_lost in the next turn. */
void http_connection_abort(struct http_connection *connection, int error);

/* ---- requests, as connections make and end them ---- */

/* NULL: no memory. */
struct http_request *http_request_new(struct http_connection *connection);
void http_request_free(struct http_request *request);

#ifdef __cplusplus
}
#endif

#endif
