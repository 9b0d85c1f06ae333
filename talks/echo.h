/* SPDX-License-Identifier: MIT */
/* Echo servers for the programs that show transports: what comes in goes back.
 * They run on a loop and a thread of their own, so that a program's loop has
 * nothing but the program's own on it. */
#ifndef TALKS_ECHO_H
#define TALKS_ECHO_H

#include "callbacks/datagram_endpoint.h"
#include "callbacks/mailbox.h"
#include "callbacks/stream_server.h"
#include "callbacks/tls_transport.h"

#include <pthread.h>

struct echo {
    /* Where they listen, from echo_start on. */
    struct address tcp, tls, udp;
    char path[64];             /* of the UNIX socket */
    struct tls_context *trust; /* for clients of `tls`, as "localhost"; NULL:
                                * this build has no TLS */
    struct transports clients; /* what those on the program's loop share */

    /* private */
    char folder[40];
    struct loop *loop;
    struct transports shared;
    struct stream_server tcp_server, tls_server, unix_server;
    struct tls_context *identity;
    struct datagram_endpoint udp_endpoint;
    struct datagram_protocol udp_protocol;
    struct mailbox *mailbox;
    bool held, has_udp, serves;
    struct handle stop;
    pthread_t thread;
};

/* For clients on this loop, which is borrowed. 0 or a negative errno. */
int echo_start(struct echo *echo, struct loop *loop);

/* When all clients have ended, or after echo_start has failed. */
void echo_stop(struct echo *echo);

/* The connection_lost of a client that has nothing to do then: prints the
 * error, if there is one. */
void echo_lost(struct protocol *protocol, int error);

#endif
