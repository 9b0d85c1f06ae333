/* SPDX-License-Identifier: MIT */
/* From a name to addresses. The system's resolver waits and cannot be
 * interrupted: a thread that must not wait hands the look-up to another
 * thread. */
#ifndef BLOCKING_LOOKUP_H
#define BLOCKING_LOOKUP_H

#include "http/address.h"
#include "http/endpoint.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Looks the host up, for its port: at most ADDRESSES_MAX addresses, in the
 * system's order of preference, with the families by turns. Returns 0, or a
 * getaddrinfo code, or a positive errno (never a negative one) for what this
 * machine has refused. Either belongs into FETCH_NO_HOST as its detail, and
 * call_fail sorts them out. Safe from any thread. */
int lookup_host(struct addresses *addresses, const struct endpoint *endpoint);

#ifdef __cplusplus
}
#endif

#endif
