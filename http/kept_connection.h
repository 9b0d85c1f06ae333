/* SPDX-License-Identifier: MIT */
/* What has to be known of a connection, beside its descriptor, to use it again:
 * it goes with the descriptor from the moment it is connected until it is
 * closed, through any number of calls.
 *
 * What comes on it while nothing is asked is never an answer (RFC 9112, 9.2):
 * not a 408 of a server that has waited long enough, not an answer too many,
 * not the end. Whatever came before the next request was begun means that the
 * next request needs a new connection. Three looks see to that:
 *
 *     - bytes behind the end of an answer, in the same recv: call_may_reuse
 *     - a connection that rests in a selector and becomes readable is closed
 *     - kept_connection_is_silent, before the next request: it looks where the
 *       connection has rested for a while, for its event may be unread
 *
 * What comes after the first byte of the next request has left cannot be told
 * from its answer; only a 408 can, see call_received. The same is true of what
 * comes within KEPT_AT_ONCE of the last answer, where no system call is spent
 * on a look. That is a limit on purpose: a page on a kept connection takes few
 * system calls, a look before each would be one more, and what a server says so
 * soon it may as well say a moment later, when no look could tell any more.
 */
#ifndef HTTP_KEPT_CONNECTION_H
#define HTTP_KEPT_CONNECTION_H

#include "base/nanos.h"
#include "http/endpoint.h"
#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Used again within this time, a connection counts as used at once. Longer than
 * a client needs from one page to the next, shorter than any hold-up. */
#define KEPT_AT_ONCE NANOS_PER_MILLISECOND

/* All zero: there is no connection. Filled by call_connected, judged by
 * call_accepts_kept. */
struct kept_connection {
    struct endpoint endpoint; /* where it leads; empty: not to be used again */
    struct tls *tls;          /* what secures it; NULL for http */
    nanos rests_since;        /* the end of the last answer on it */
};

/* The connection is closed: empties it. */
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

/* Has nothing come on it since then, no byte and no end? If it is used at once
 * that is assumed; else the socket is asked, without waiting. `now` is by the
 * same clock, and read after whatever may have held the client up. */
bool kept_connection_is_silent(const struct kept_connection *kept, int fd,
                               nanos now);

#ifdef __cplusplus
}
#endif

#endif
