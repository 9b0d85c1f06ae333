/* SPDX-License-Identifier: MIT */
/* Look-ups for a thread that must not wait: threads wait in the system's
 * resolver (blocking/lookup.h), and the answers are found in a list of
 * completions, whose descriptor any selector can wait for. One that hangs is
 * abandoned, and holds nothing up.
 *
 * All functions belong to the thread that waits, not to the ones that look up.
 * Nothing else is started on the list.
 */
#ifndef NONBLOCKING_LOOKUPS_H
#define NONBLOCKING_LOOKUPS_H

#include "http/address.h"
#include "http/endpoint.h"
#include "threads/completions.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One look-up; it is gone once it was taken or abandoned. */
struct lookup;

/* Starts looking the endpoint's host up; it is copied. `owner` comes back with
 * the answer. 0, or why completions_start could not. */
int lookup_start(struct completions *completions,
                 const struct endpoint *endpoint, void *owner,
                 struct lookup **lookup);

/* Abandons a look-up that its owner no longer wants. Not after it was taken. */
void lookup_abandon(struct lookup *lookup);

/* Takes the next answer, in order of arrival, and returns its owner; NULL when
 * there is none. `code` is 0 or a getaddrinfo code (see lookup_host). */
void *lookup_take(struct completions *completions, int *code,
                  struct addresses *addresses);

#ifdef __cplusplus
}
#endif

#endif
