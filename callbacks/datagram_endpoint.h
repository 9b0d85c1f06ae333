/* SPDX-License-Identifier: MIT */
/* Datagrams: messages that arrive whole, or not at all, in any order. asyncio's
 * create_datagram_endpoint and DatagramProtocol, Twisted's listenUDP.
 *
 *     connection_made  (datagram_received | error_received)*  connection_lost
 *
 * UDP has no connection and no end: only the program's own close or abort ends
 * an endpoint. All of it happens on the loop's thread.
 */
#ifndef CALLBACKS_DATAGRAM_ENDPOINT_H
#define CALLBACKS_DATAGRAM_ENDPOINT_H

#include "callbacks/transport.h"
#include "http/address.h"

#ifdef __cplusplus
extern "C" {
#endif

struct datagram_endpoint;
struct datagram_protocol;

/* What may be NULL says so. */
struct datagram_protocol_ops {
    /* The first call, in a turn after datagram_open. */
    void (*connection_made)(struct datagram_protocol *protocol,
                            struct datagram_endpoint *endpoint);
    /* One message, perhaps empty, lent for the call with its sender. */
    void (*datagram_received)(struct datagram_protocol *protocol,
                              struct slice data, const struct address *from);
    /* An earlier message could not be sent or received: a negative errno,
     * -ECONNREFUSED when the connected peer's machine says that no program is
     * there. The endpoint goes on. May be NULL. */
    void (*error_received)(struct datagram_protocol *protocol, int error);
    /* The last call, in a turn of its own: 0, or what datagram_abort was given.
     * The endpoint may be given back in here. */
    void (*connection_lost)(struct datagram_protocol *protocol, int error);
    /* As of a transport (TP3). Both may be NULL. */
    void (*pause_writing)(struct datagram_protocol *protocol);
    void (*resume_writing)(struct datagram_protocol *protocol);
};

struct datagram_protocol {
    const struct datagram_protocol_ops *ops;
};

/* The storage is the caller's, from datagram_open until connection_lost has
 * been entered. */
struct datagram_endpoint {
    struct datagram_protocol *protocol; /* which is called */

    /* the endpoint's; inspectors may read */
    struct transports *shared;
    struct watch watch;
    struct handle turn;   /* the call at its beginning or at its end */
    struct buffer unsent; /* messages that did not fit, each behind a header */
    size_t sent;          /* of unsent, what has left since */
    struct water_marks marks;
    int error; /* for connection_lost */
    bool connected, made, closing, over;
};

/* `local` is where it receives; NULL: wherever the system puts it. `remote` is
 * the one peer that it sends to and hears; NULL: any. One of them must be
 * there. 0; or a negative errno, and then no callback is called. */
int datagram_open(struct datagram_endpoint *endpoint, struct transports *shared,
                  const struct address *local, const struct address *remote,
                  struct datagram_protocol *protocol);

/* Sends the message now, or copies what cannot leave now. `to` is NULL for the
 * peer of a connected endpoint, and only there. After close, abort or the end
 * it is dropped. One that can never be sent (-EMSGSIZE) is error_received. */
void datagram_send(struct datagram_endpoint *endpoint, struct slice data,
                   const struct address *to);

/* Where it receives. 0 or a negative errno. */
int datagram_address(const struct datagram_endpoint *endpoint,
                     struct address *address);

/* Receives no more, sends what is kept, and ends. Harmless when done twice. */
void datagram_close(struct datagram_endpoint *endpoint);

/* Ends now; what is kept is dropped. Harmless when it is over. */
void datagram_abort(struct datagram_endpoint *endpoint, int error);

/* As stream_set_limits. A message counts with its header. */
void datagram_set_limits(struct datagram_endpoint *endpoint, size_t high,
                         size_t low);

#ifdef __cplusplus
}
#endif

#endif
