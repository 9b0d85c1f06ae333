/* SPDX-License-Identifier: MIT */
/* Two transports, each of which is the other's peer, in memory: for tests of
 * protocols. Twisted's StringTransport and asyncio's test doubles know one side
 * only; here both are real. No descriptor, so it runs on a virtual clock, and
 * in the same order each time.
 */
#ifndef CALLBACKS_MEMORY_TRANSPORT_H
#define CALLBACKS_MEMORY_TRANSPORT_H

#include "callbacks/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The storage is the caller's, until connection_lost of both sides has been
 * entered. */
struct memory_transport {
    struct transport transport;

    /* the transport's; inspectors may read */
    struct loop *loop;
    struct memory_transport *peer;
    struct handle turn;       /* its next call to the protocol */
    struct buffer incoming;   /* what the peer has written and this side has not
                               * received */
    struct water_marks marks; /* of what the peer has not received */
    int error;                /* for connection_lost */
    bool made, reading;
    bool eof_seen, eof_written;
    bool closing, over; /* over: connection_lost is on its way, or was */
};

/* Both are connected: connection_made in the next turn, of the first one first.
 * What is written arrives in the turn after, in one piece. An abort that drops
 * bytes is ECONNRESET on the other side. Cannot fail. */
void memory_transport_pair(struct memory_transport pair[2], struct loop *loop,
                           struct protocol *first, struct protocol *second);

/* As stream_set_limits. */
void memory_transport_set_limits(struct memory_transport *memory, size_t high,
                                 size_t low);

#ifdef __cplusplus
}
#endif

#endif
