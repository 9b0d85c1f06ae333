/* SPDX-License-Identifier: MIT */
/* What row A16 says "Hello World!" through: a protocol for each of the loop's
 * transports, which prints what comes back, and what else the loop takes. */
#ifndef TALKS_HELLO_H
#define TALKS_HELLO_H

#include "callbacks/offload.h"
#include "callbacks/pipe_transport.h"
#include "callbacks/signal_handler.h"
#include "callbacks/subprocess.h"
#include "callbacks/unix_stream.h"
#include "talks/echo.h"
#include "talks/talk.h"

#include <signal.h>

/* Sends it, and prints it when it comes back. */
struct hello {
    struct protocol protocol;
    const char *name;
    struct stream_transport stream;
    struct tls_transport tls; /* where there is TLS */
};

struct hellos {
    struct echo echo;
    struct hello tcp, local, secure;
    struct hello reader, writer; /* of a pipe: one sends, one prints */
    int pipe[2];
    struct datagram_endpoint udp;
    struct datagram_protocol letter;
    struct signal_handler signal;
    struct offloader *offloader;
    struct offload work;
    const char *result; /* of the work */
    struct subprocess process;
    struct subprocess_protocol output;
    struct subprocess_options program;
};

/* 0 or a negative errno. */
int hellos_init(struct hellos *hellos, struct talk *talk);

/* When all is over, or after hellos_init has failed. */
void hellos_deinit(struct hellos *hellos);

#endif
