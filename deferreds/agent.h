/* SPDX-License-Identifier: MIT */
/* Twisted's Agent: first the headers, as the value of a Deferred, then the
 * body, delivered to a protocol as it comes (row E1). One request, one
 * connection; http only, and redirects are not followed.
 */
#ifndef DEFERREDS_AGENT_H
#define DEFERREDS_AGENT_H

#include "callbacks/transport.h"
#include "deferreds/deferred.h"
#include "deferreds/reactor.h"
#include "http/request.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The answer ended before it was whole, or was not HTTP; Twisted's
 * ResponseFailed. `cause` says how the connection ended, if it did. */
extern const struct failure_type response_failed_type;

/* What the Deferred fires with. Nothing more is read until a reader for its
 * body is given; if it is dropped before that, the connection is closed. */
extern const struct kind response_kind; /* .pointer: a struct agent_response */

struct agent_response {
    int status;
    const struct headers *headers; /* good for as long as the response is */
};

static inline const struct agent_response *
outcome_response(const struct outcome *outcome)
{
    return (const struct agent_response *)outcome->pointer;
}

/* Cancelling it closes the connection. A request that cannot be sent or
 * connected is a failure; see connector.h. NULL: no memory. */
OUTCOME_OWNED struct deferred *
agent_request(struct reactor *reactor, enum method method, const char *url);

/* Takes the response over. Calls data_received of `reader` for each piece of
 * the body, then connection_lost once: with 0 when the body is whole, -EBADMSG
 * when it is not, or the error of the connection. There is no transport, and so
 * no connection_made. If the body is there already, all of this happens in
 * here. */
void agent_deliver_body(struct outcome response, struct protocol *reader);

/* Takes the response over, and fires with its body, as bytes_kind (page.h).
 * NULL: no memory. */
OUTCOME_OWNED struct deferred *agent_read_body(struct outcome response);

#ifdef __cplusplus
}
#endif

#endif
