/* SPDX-License-Identifier: MIT */
#ifndef HARNESS_ORIGIN_ORIGIN_OPTIONS_H
#define HARNESS_ORIGIN_ORIGIN_OPTIONS_H

#include "base/nanos.h"
#include "http/tls.h"

#include <stdint.h>

/* All zero is a server for this machine alone, on any port that is free. */
struct origin_options {
    const char *host;        /* an address, v4 or v6; NULL: 127.0.0.1 */
    uint16_t port;           /* 0: any that is free */
    struct tls_context *tls; /* borrowed: https; NULL: http */
    uint64_t seed;           /* of the bytes it makes up */
    int connections_max; /* more are refused politely; 0: what ulimit allows */
    nanos idle_timeout;  /* of a connection that says nothing; 0: 60 s */
    /* How many addresses it listens on, `host` and those that follow it: 8
     * means 127.0.0.1 to 127.0.0.8, one port. Above 14,000 connections to a
     * single address and port, connect gets slow. 0: one; at most
     * ORIGIN_ADDRESSES_MAX, and v4 only. */
    int addresses;
    const int *asked; /* a wake-up (base/wakeup.h) at which the loop prints what
                       * it waits for: loop_asked.h. NULL: it is not asked */
};

enum { ORIGIN_ADDRESSES_MAX = 32 };

#endif
