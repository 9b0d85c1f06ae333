/* SPDX-License-Identifier: MIT */
/* Accepts connections: one port on one address or several, and what is done
 * when there is no room for more. */
#ifndef HARNESS_ORIGIN_LISTENER_H
#define HARNESS_ORIGIN_LISTENER_H

#include "callbacks/loop.h"
#include "harness/origin/origin_options.h"

struct origin;

struct door {
    struct listener *listener;
    struct watch watch;
};

struct listener {
    struct origin *origin;
    struct door doors[ORIGIN_ADDRESSES_MAX];
    int count;
    uint16_t port;
    struct handle resume; /* accepts again, after descriptors had run out */
};

/* Listens where the options say, and begins to accept. `listener` is all zero.
 * 0 or a negative errno. */
int listener_open(struct listener *listener, struct origin *origin);
void listener_close(struct listener *listener);

/* The connections that this process may hold, after raising its limit. */
int listener_room(void);

#endif
