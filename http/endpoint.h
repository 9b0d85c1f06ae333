/* SPDX-License-Identifier: MIT */
/* Where a connection leads: scheme, host and port. What RFC 9110 calls an
 * origin; two URLs with the same endpoint can share a connection. */
#ifndef HTTP_ENDPOINT_H
#define HTTP_ENDPOINT_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Owns its host. All zero is an empty endpoint that may be deinitialised. */
struct endpoint {
    char *host; /* lower case; an IPv6 address without its brackets */
    uint16_t port;
    bool secure; /* https: TLS between TCP and HTTP */
};

/* Makes `to` an endpoint of its own. 0, or -ENOMEM and an empty `to`. */
int endpoint_copy(struct endpoint *to, const struct endpoint *from);

void endpoint_deinit(struct endpoint *endpoint);

/* Can one connection serve both? Scheme, host and port have to be the same; an
 * empty endpoint equals none. */
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

/* The port of a URL that names none: 443 for https, else 80. */
uint16_t endpoint_default_port(bool secure);

/* Appends the host and, where it is not the scheme's default, the port: the
 * value of a Host field. 0, or -ENOMEM and nothing appended. */
int endpoint_print(const struct endpoint *endpoint, struct buffer *out);

#ifdef __cplusplus
}
#endif

#endif
