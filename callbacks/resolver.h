/* SPDX-License-Identifier: MIT */
/* Look-ups beside the loop: the system's resolver blocks, so threads wait for
 * it, and the answer comes back as a callback. */
#ifndef CALLBACKS_RESOLVER_H
#define CALLBACKS_RESOLVER_H

#include "blocking/lookup.h"
#include "callbacks/mailbox.h"

#ifdef __cplusplus
extern "C" {
#endif

struct resolver;
struct resolution;

/* Called on the loop's thread, in a later turn than resolver_start. `code` is 0
 * or what lookup_host returned. */
typedef void resolved_fn(void *context, int code,
                         const struct addresses *addresses);

/* At most `threads` look-ups at a time; the threads start with the first one.
 * 0 or a negative errno. */
int resolver_new(struct resolver **resolver, struct loop *loop, size_t threads);

/* Waits for look-ups that are under way (they cannot be interrupted); none of
 * them calls back any more. NULL is harmless. Contract: not from inside a
 * callback of this resolver. */
void resolver_free(struct resolver *resolver);

/* Starts a look-up of the endpoint's host; it is copied. On success *resolution
 * can be cancelled until the callback has been entered. 0 or a negative errno.
 */
int resolver_start(struct resolver *resolver, const struct endpoint *endpoint,
                   resolved_fn *resolved, void *context,
                   struct resolution **resolution);

/* The callback will not be called. The look-up itself goes on unseen. Contract:
 * once, and before the callback has been entered. */
void resolver_cancel(struct resolution *resolution);

#ifdef __cplusplus
}
#endif

#endif
