/* SPDX-License-Identifier: MIT */
/* One hop of a call as a generator: resolve, connect, transfer, whatever drives
 * it. A page is hops until its call is done. */
#ifndef COROUTINES_HOP_H
#define COROUTINES_HOP_H

#include "callbacks/client_call.h"
#include "callbacks/moment.h"
#include "coroutines/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A client, with the frame of its hop. All that a hop waits for comes from the
 * loop, so it uses the same moment again and again, and nothing is
 * allocated. */
struct hop {
    struct client_call base;
    struct moment moment;
    struct frame frame;
};

/* All arguments are borrowed. Call call_start on hop->base.call before each
 * page. */
void hop_init(struct hop *hop, struct client_calls *calls,
              const struct call_options *options);

/* Contract: its generator is over. */
void hop_deinit(struct hop *hop);

/* The generator of the next hop. It returns None, or fails with CancelledError
 * when the call ends while it waits; the call then knows why. Call
 * client_call_end_hop afterwards. */
struct generator *hop_begin(struct hop *hop);

#ifdef __cplusplus
}
#endif

#endif
