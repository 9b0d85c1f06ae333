/* SPDX-License-Identifier: MIT */
/* What has to be known of a connection, beside its descriptor, to use it again:
 * it goes with the descriptor from the moment it is connected until it is
 * closed, through any number of calls. */
#ifndef HTTP_KEPT_CONNECTION_H
#define HTTP_KEPT_CONNECTION_H

#include "http/endpoint.h"
#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All zero: there is no connection. Filled by call_connected, judged by
 * call_accepts_kept. */
struct kept_connection {
    struct endpoint endpoint; /* where it leads; empty: not to be used again */
    struct tls *tls;          /* what secures it; NULL for http */
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

#ifdef __cplusplus
}
#endif

#endif
