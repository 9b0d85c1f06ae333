/* SPDX-License-Identifier: MIT */
/* Given: the network of this machine, as fetches see it. Names are looked up on
 * other threads, since the system can only wait for that. */
#ifndef LESSONS_E1_NETWORK_H
#define LESSONS_E1_NETWORK_H

#include "lessons/E1/fetch.h"

#ifdef __cplusplus
extern "C" {
#endif

struct real_network {
    struct network network;
    struct transports transports;
    struct offloader *offloader;
};

/* The loop is borrowed. 0, or a negative errno and nothing to deinitialise. */
int real_network_init(struct real_network *real, struct loop *loop);

/* When no fetch is under way. */
void real_network_deinit(struct real_network *real);

#ifdef __cplusplus
}
#endif

#endif
