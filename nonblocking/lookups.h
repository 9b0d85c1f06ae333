/* SPDX-License-Identifier: MIT */
/* Look-ups for those who must not wait: threads wait in the system's resolver,
 * and a descriptor becomes readable when one has an answer. Any selector can
 * wait for it, whatever else it waits for.
 *
 * All functions belong to the thread that waits, not to the ones that look up.
 */
#ifndef NONBLOCKING_LOOKUPS_H
#define NONBLOCKING_LOOKUPS_H

#include "http/address.h"
#include "http/endpoint.h"

#ifdef __cplusplus
extern "C" {
#endif

struct lookups;

/* One look-up: read it when lookups_take has returned it. */
struct lookup;

/* At most `threads` at a time; they start with the first look-up. 0 or a
 * negative errno. */
int lookups_new(struct lookups **lookups, size_t threads);

/* Waits for those that are under way (nothing can interrupt them) and frees
 * all. NULL is harmless. */
void lookups_free(struct lookups *lookups);

/* Readable exactly while lookups_take has something to give. */
int lookups_fd(const struct lookups *lookups);

/* Starts looking the endpoint's host up; it is copied. `owner` comes back with
 * the answer. 0 or a negative errno. */
int lookups_start(struct lookups *lookups, const struct endpoint *endpoint,
                  void *owner, struct lookup **lookup);

/* The owner no longer wants it: it will not be taken. Not after it was. */
void lookups_abandon(struct lookups *lookups, struct lookup *lookup);

/* The next answer, in order of arrival: its owner; NULL when there is none.
 * `code` is 0 or a getaddrinfo code (see lookup_host). */
void *lookups_take(struct lookups *lookups, int *code,
                   struct addresses *addresses);

#ifdef __cplusplus
}
#endif

#endif
