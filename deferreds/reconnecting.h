/* SPDX-License-Identifier: MIT */
/* A factory that connects again, later each time: Twisted's
 * ReconnectingClientFactory. */
#ifndef DEFERREDS_RECONNECTING_H
#define DEFERREDS_RECONNECTING_H

#include "deferreds/connector.h"
#include "deferreds/delayed_call.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Embedded in a factory that calls these functions from its own
 * connection_failed and connection_lost. reconnecting_init sets what is yours
 * to change afterwards. */
struct reconnecting {
    /* yours */
    nanos initial_delay, max_delay; /* 1 s, an hour */
    double factor;                  /* e: how much longer each delay is */
    int max_retries;                /* -1: without end */

    /* you may read */
    nanos delay;
    int retries;

    /* private */
    bool continues;
    struct connector *connector; /* held while it waits */
    struct delayed_call call;
    struct loop *loop;
};

/* Without the jitter of Twisted's, which a factory may add to the delay. */
void reconnecting_init(struct reconnecting *reconnecting, struct loop *loop);

/* Connects again after the delay, which grows for the next time. */
void reconnecting_retry(struct reconnecting *reconnecting,
                        struct connector *connector);

/* Call it when the connection is good: the next delay is the initial one
 * again. */
void reconnecting_reset(struct reconnecting *reconnecting);

/* Stops: there are no more attempts. */
void reconnecting_stop(struct reconnecting *reconnecting);

#ifdef __cplusplus
}
#endif

#endif
