/* SPDX-License-Identifier: MIT */
/* All streams on one loop, of connections and of programs: what they share, and
 * how those that are left are ended when the loop runs no more.
 */
#ifndef COROUTINES_STREAM_SET_H
#define COROUTINES_STREAM_SET_H

#include "callbacks/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Embedded in a connection or a program, and found again with container_of. */
struct streams_member {
    /* Gives all of it back, without a loop that goes on. */
    void (*cut)(struct streams_member *member);

    /* private */
    struct streams *streams;
    struct streams_member *next, *previous;
};

struct streams {
    struct transports *transports;
    size_t limit; /* of each reader, in bytes: STREAM_LIMIT, or yours */
    struct streams_member *first; /* private */
};

/* What transports share is borrowed. */
void streams_init(struct streams *streams, struct transports *transports);

/* When the loop runs no more: ends the Tasks of servers, cuts the connections
 * and kills the programs that are left, and gives all back. Contract: no other
 * Task waits for one. */
void streams_deinit(struct streams *streams);

/* ---- for those that make members ---- */

void streams_add(struct streams *streams, struct streams_member *member,
                 void (*cut)(struct streams_member *member));

/* `cut` does this, too. */
void streams_remove(struct streams_member *member);

#ifdef __cplusplus
}
#endif

#endif
