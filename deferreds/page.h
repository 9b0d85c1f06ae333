/* SPDX-License-Identifier: MIT */
/* Twisted's getPage: one page, as a Deferred. */
#ifndef DEFERREDS_PAGE_H
#define DEFERREDS_PAGE_H

#include "callbacks/failure.h"
#include "deferreds/deferred.h"
#include "deferreds/reactor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes, which may hold anything. */
extern const struct kind bytes_kind; /* .pointer: a struct buffer, terminated */

static inline struct buffer *outcome_bytes(const struct outcome *outcome)
{
    return (struct buffer *)outcome->pointer;
}

/* Takes the bytes over. A failure where there is no memory. */
OUTCOME_OWNED struct outcome outcome_from_bytes(struct buffer bytes);

/* A page with a status that is not 2xx: `code` is the status, the message has
 * it as text ("404 Not Found"), `detail` is the body, as bytes. */
extern const struct failure_type page_error_type; /* Error */

/* There is no page: `code` is an enum fetch_error of http/result.h, and the
 * message its sentence. Too late is a timeout_type. */
extern const struct failure_type fetch_error_type;

/* Fires with the body, as bytes. Redirects are followed. Cancelling it closes
 * the connection. A URL that cannot be used has failed already. NULL: no
 * memory. */
OUTCOME_OWNED struct deferred *deferred_get_page(struct reactor *reactor,
                                                 const char *url);

#ifdef __cplusplus
}
#endif

#endif
