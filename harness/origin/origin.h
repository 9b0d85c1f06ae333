/* SPDX-License-Identifier: MIT */
/* The origin: the server that the lab races against, on the lab's own loop. A
 * URL scripts what it does; it reports what it saw.
 *
 *     /             what there is, for a browser
 *     /bytes/N      N bytes, the same for the same seed (origin_bytes.h)
 *     /stream/N     N bytes, chunked
 *     /fixed        a prebuilt answer of 1 KiB, as cheap as a server can be
 *     /status/N     that status
 *     /redirect/N   N redirects, then /bytes/0; ?to=URL: there instead
 *     /delay/S      answers after S seconds (also 20ms)
 *     /drip         ?bytes=N&every=20ms: the body byte by byte
 *     /hold         ?until=K: answers once K such requests (same run, same K)
 *                   are in flight, or 503 "only 1 of 4 arrived" after ?for=2s
 *     /echo         what was posted, up to 1 MiB
 *     /close        closes without an answer; ?after=N: after N bytes of one
 *     /reset        resets; ?after=N: after N bytes of the answer
 *     /never        reads the request and never answers
 *     /garbage      bytes that are not HTTP
 *     /lie          promises more bytes than it sends, then closes
 *     /early        answers 413 before it has read the body
 *     /stale        answers as if to keep the connection, then closes it;
 *                   ?when=next: only when the next request comes
 *     /stats        JSON: what it saw, in all and per run (stats.h)
 *
 * Parameters combine, on every path that answers:
 *
 *     delay=20ms     answers so much later; a time without a unit is in seconds
 *     status=N       with that status, 200 to 599
 *     length=close   the body ends with the connection; =chunked: in chunks
 *     bytes=N        the body is N made-up bytes, on paths without a number
 *     seed=N         which bytes are made up; else the server's own seed
 *     run=ID         counts for that run: letters, digits, '.', '_', '-'
 *     i=…            is ignored: it tells one URL from another
 *
 * after=N counts from the first byte of the status line. What cannot be
 * understood is answered with 400 and one sentence, an unknown parameter too.
 */
#ifndef HARNESS_ORIGIN_ORIGIN_H
#define HARNESS_ORIGIN_ORIGIN_H

#include "base/nanos.h"
#include "nonblocking/selector.h"

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All zero is a server for this machine alone, on any port that is free. */
struct origin_options {
    const char *host;    /* an address, v4 or v6; NULL: 127.0.0.1 */
    uint16_t port;       /* 0: any that is free */
    uint64_t seed;       /* of the bytes it makes up */
    int connections_max; /* more are refused politely; 0: what ulimit allows */
    nanos idle_timeout;  /* of a connection that says nothing; 0: 60 s */
    /* Listens on so many addresses, `host` and those that follow it: 8 means
     * 127.0.0.1 to 127.0.0.8, one port. Above 14,000 connections to a single
     * address and port, connect gets slow. 0: one; at most
     * ORIGIN_ADDRESSES_MAX, and v4 only. */
    int addresses;
};

enum { ORIGIN_ADDRESSES_MAX = 16 };

/* Serves on this thread until `stop_fd` is readable (-1: until SIGINT or
 * SIGTERM). `listening` is told the port once it is known; what it returns, if
 * not 0, ends the server. Returns 0, that, or a negative errno (the address is
 * taken, not allowed …).
 * Raises the soft limit of descriptors to the hard one. */
int origin_serve(const struct origin_options *options, int stop_fd,
                 int (*listening)(void *context, uint16_t port), void *context);

/* The same in a child process of its own, so that its CPU and descriptors are
 * not the caller's. It ends by itself when the caller dies. */
struct origin_process {
    pid_t pid;
    uint16_t port;
    int stop_fd;
};

/* Returns when the child listens. 0 or a negative errno. The child holds none
 * of the caller's descriptors but standard error, ignores Ctrl-C, and is told
 * to end when the calling *thread* dies: call it from one that stays. */
int origin_process_start(struct origin_process *process,
                         const struct origin_options *options);

/* Ends the child and reaps it. Harmless when done twice. */
void origin_process_stop(struct origin_process *process);

#ifdef __cplusplus
}
#endif

#endif
