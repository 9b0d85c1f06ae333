/* SPDX-License-Identifier: MIT */
/* One connection for one protocol, as a Deferred: Twisted's ClientCreator. */
#ifndef DEFERREDS_CLIENT_CREATOR_H
#define DEFERREDS_CLIENT_CREATOR_H

#include "callbacks/transport.h"
#include "deferreds/deferred.h"
#include "deferreds/reactor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Connects, and fires with the protocol (borrowed) in the turn after its
 * connection_made; or fails with the reason why there is no connection (see
 * connector.h). If it is cancelled before, it fails, and a connection that is
 * already there is closed. `protocol` must exist until the Deferred has failed
 * or connection_lost was called. NULL: no memory. */
OUTCOME_OWNED struct deferred *
client_connect_tcp(struct reactor *reactor, const char *host, uint16_t port,
                   struct protocol *protocol, nanos timeout);

#ifdef __cplusplus
}
#endif

#endif
