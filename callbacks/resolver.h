/* SPDX-License-Identifier: MIT */
/* Look-ups beside the loop: the system's resolver blocks, so a thread waits for
 * it, and the answer comes back as a callback. asyncio's loop.getaddrinfo; what
 * Twisted's reactor.resolve does with the reactor's threads.
 *
 * One that hangs is cancelled like any other, and holds up neither the loop nor
 * the end of the program.
 */
#ifndef CALLBACKS_RESOLVER_H
#define CALLBACKS_RESOLVER_H

#include "blocking/lookup.h"
#include "callbacks/offload.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A look-up, as the code that asks for it sees it. It is embedded in whatever
 * the answer is for, and found again with container_of. All zero but `resolved`
 * is ready for use. */
struct resolution {
    /* yours; called on the loop's thread, in a later turn than resolver_start.
     * `code` is 0 or what lookup_host returned. The addresses are lent for the
     * call. From here on the resolution is free for the next look-up. */
    void (*resolved)(struct resolution *resolution, int code,
                     const struct addresses *addresses);

    /* the resolver's */
    struct query *query; /* NULL: none is under way */
};

/* Starts looking the endpoint's host up on a thread of the offloader. The
 * endpoint is copied. 0, or why offload_start could not. Contract: none is
 * under way. */
int resolver_start(struct offloader *offloader, const struct endpoint *endpoint,
                   struct resolution *resolution);

/* The callback will not be called; the look-up itself goes on, and its answer
 * is dropped. Harmless when none is under way. */
void resolver_cancel(struct resolution *resolution);

#ifdef __cplusplus
}
#endif

#endif
