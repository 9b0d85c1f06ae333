/* SPDX-License-Identifier: MIT */
/* The origin: the server that the lab races against, on the lab's own loop. A
 * URL scripts what it does; it reports what it saw.
 *
 *     /bytes/N      N bytes, the same for the same seed
 *     /stream/N     N bytes, chunked
 *     /fixed        a prebuilt answer of 1 KiB, as cheap as a server can be
 *     /status/N     that status
 *     /redirect/N   N redirects, then /bytes/0; ?to=URL: there instead
 *     /delay/S      answers after S seconds (also 20ms)
 *     /drip         ?bytes=N&every=20ms: byte by byte
 *     /hold         ?until=K: answers once K such requests are in flight, or
 *                   503 "only 1 of 4 arrived" after ?for=2s
 *     /echo         what was posted
 *     /close        closes without an answer; ?after=N: after N bytes of one
 *     /reset        resets; ?after=N: after N bytes of the answer
 *     /never        reads the request and never answers
 *     /garbage      bytes that are not HTTP
 *     /lie          promises more bytes than it sends, then closes
 *     /early        answers 413 before it has read the body
 *     /stale        answers as if to keep the connection, then closes it
 *     /stats        JSON: what it saw, in all and per run id
 *     /             what there is, for a browser
 *
 * Parameters combine: delay=20ms, status=N, run=ID (counts for that run),
 * length=close|chunked (framing). A time without a unit is in seconds.
 */
#ifndef HARNESS_ORIGIN_ORIGIN_H
#define HARNESS_ORIGIN_ORIGIN_H

#include "http/nanos.h"
#include "nonblocking/selector.h"

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct origin_options {
    const char *host;    /* an address; NULL: 127.0.0.1. "127.0.0.0/n" forms
                          * are not understood */
    uint16_t port;       /* 0: any that is free */
    uint64_t seed;       /* of the bytes it makes up */
    int connections_max; /* more are refused politely; 0: what ulimit allows */
    nanos idle_timeout;  /* of a connection that says nothing; 0: 60 s */
};

/* Serves on this thread until `stop_fd` is readable (-1: until SIGINT or
 * SIGTERM). `listening` is told the port once it is known. Returns 0 or a
 * negative errno (the address is taken, not allowed …). */
int origin_serve(const struct origin_options *options, int stop_fd,
                 void (*listening)(void *context, uint16_t port),
                 void *context);

/* The same in a child process of its own, so that its CPU and descriptors are
 * not the caller's. It ends by itself when the caller dies. */
struct origin_process {
    pid_t pid;
    uint16_t port;
    int stop_fd;
};

/* Returns when the child listens. 0 or a negative errno. */
int origin_process_start(struct origin_process *process,
                         const struct origin_options *options);

/* Ends the child and reaps it. */
void origin_process_stop(struct origin_process *process);

#ifdef __cplusplus
}
#endif

#endif
