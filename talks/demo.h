/* SPDX-License-Identifier: MIT */
/* What the demo of an Agent needs (row E1) and does not show. */
#ifndef TALKS_DEMO_H
#define TALKS_DEMO_H

#include "deferreds/agent.h"
#include "talks/deferred.h"

struct demo {
    struct talk *talk;
    struct protocol protocol;  /* that the body is delivered to */
    struct deferred *finished; /* which that protocol fires at its end */
    deferred_fn *request, *shutdown;
};

static inline struct demo *demo_of(struct protocol *protocol)
{
    return container_of(protocol, struct demo, protocol);
}

/* Prints status and fields, but for those that change from day to day. */
void demo_print_head(const struct agent_response *response);

/* Delivers the body to a protocol with these functions. Pending until it has
 * fired `finished`. */
struct outcome demo_deliver_body(struct demo *demo, struct outcome response,
                                 const struct protocol_ops *ops);

/* Asks for the talk's first site; `request` is a callback, `shutdown` is called
 * in either case. Both have the demo as their context. 0 or a negative errno.
 */
int demo_run(struct talk *talk, deferred_fn *request, deferred_fn *shutdown);

#endif
