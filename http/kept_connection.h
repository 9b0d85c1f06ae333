/* SPDX-License-Identifier: MIT */
/* What a client must know of a connection, beside its descriptor, to use it
 * again. It goes with the descriptor from connect to close, through any number
 * of calls.
 *
 * What comes while no request is under way is never an answer (RFC 9112, 9.2):
 * it may be a 408 of a server that has waited long enough, one answer too many,
 * or the end. If anything came before the next request was begun, that request
 * needs a new connection. Three checks see to that:
 *
 *     - bytes behind the end of an answer, in the same recv: call_may_reuse
 *     - a connection that rests in a selector and becomes readable is closed
 *     - kept_connection_is_silent, before the next request: it asks the socket
 *       if the connection has rested for a while, for its event may be unread
 *
 * What comes after the first byte of the next request has left cannot be told
 * from its answer; only a 408 can, see call_received. The same is true of what
 * comes within KEPT_AT_ONCE of the last answer, because no system call is spent
 * on a check then. This is deliberate: a page on a kept connection takes few
 * system calls, and a check before each would add one. What a server sends so
 * soon it might as well send a moment later, when no check could help any more.
 */
#ifndef HTTP_KEPT_CONNECTION_H
#define HTTP_KEPT_CONNECTION_H

#include "base/nanos.h"
#include "http/endpoint.h"
#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A connection used again within this time counts as used at once. It is longer
 * than a client needs from one page to the next, which takes a few
 * microseconds, and shorter than it takes to save a page or to print it. */
#define KEPT_AT_ONCE (50 * NANOS_PER_MICROSECOND)

/* All zero: there is no connection. Filled by call_connected, judged by
 * call_accepts_kept. */
struct kept_connection {
    struct endpoint endpoint; /* where it leads; empty: not to be used again */
    struct tls *tls;          /* what secures it; NULL for http */
    nanos rests_since;        /* the end of the last answer on it */
};

/* Empties it. The descriptor is the client's, which closes it at the same
 * time. */
static inline void kept_connection_deinit(struct kept_connection *kept)
{
    endpoint_deinit(&kept->endpoint);
    tls_free(kept->tls);
    kept->tls = NULL;
}

static inline bool kept_connection_is_empty(const struct kept_connection *kept)
{
    return !kept->endpoint.host;
}

/* An answer has ended by `now`, and the connection is kept. */
static inline void kept_connection_rest(struct kept_connection *kept, nanos now)
{
    kept->rests_since = now;
}

/* Has nothing come since its last answer, neither a byte nor the end? A
 * connection that is used at once is assumed to be silent; else the socket is
 * asked, without waiting. `now` must be by the same clock, and read after
 * whatever may have held the client up. */
bool kept_connection_is_silent(const struct kept_connection *kept, int fd,
                               nanos now);

#ifdef __cplusplus
}
#endif

#endif
