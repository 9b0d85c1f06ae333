/* SPDX-License-Identifier: MIT */
/* The origin: the server that the lab races against, on the lab's own loop. A
 * URL says what it does, and it reports what it saw.
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
 *     /gate         answers once the gate of its run is opened, or 503 after
 *                   ?for=2s
 *     /open         ?run=ID: opens it to all that wait there
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
 *     delay=20ms     answers 20 ms later; a time without a unit is in seconds
 *     work=2ms       computes for 2 ms first; all others wait meanwhile
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

#include "harness/origin/origin_options.h"

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Serves on this thread until `stop_fd` is readable (-1: until SIGINT or
 * SIGTERM, unless they are ignored). Calls `listening` with the port once it is
 * known; if that does not return 0, the server ends. Returns 0, that, or a
 * negative errno (the address is taken, not allowed …). Raises the soft limit
 * of descriptors to the hard one. */
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
