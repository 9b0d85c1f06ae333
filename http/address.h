/* SPDX-License-Identifier: MIT */
/* Where a host is: socket addresses as plain bytes. Nothing here looks a name
 * up; that waits, and is the model's work. */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct address {
    socklen_t size;
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } socket;
};

/* The addresses of one host, in the order in which they should be tried. */
enum { ADDRESSES_MAX = 8 };

struct addresses {
    int count;
    struct address list[ADDRESSES_MAX];
};

/* Appends an address. When the list is full, each family is entitled to half of
 * it: the new one replaces the last of the other family if that has more than
 * its half, and is left out otherwise. */
void addresses_add(struct addresses *addresses, const struct address *address);

/* Puts them into the order in which they are best tried: that of the list, but
 * the families by turns, so that one of them that leads nowhere costs one
 * attempt only (RFC 8305, section 4). */
void addresses_interleave(struct addresses *addresses);

/* Is `host` an address already? Then no look-up is needed. */
bool address_from_literal(struct address *address, const char *host,
                          uint16_t port);

#ifdef __cplusplus
}
#endif

#endif
