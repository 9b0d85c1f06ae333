/* SPDX-License-Identifier: MIT */
#include "http/address.h"

#include <arpa/inet.h>
#include <string.h>

bool address_from_literal(struct address *address, const char *host,
                          uint16_t port)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, host, &address->socket.ipv4.sin_addr) == 1) {
        address->size = sizeof address->socket.ipv4;
        address->socket.ipv4.sin_family = AF_INET;
        address->socket.ipv4.sin_port = htons(port);
        return true;
    }
    if (inet_pton(AF_INET6, host, &address->socket.ipv6.sin6_addr) == 1) {
        address->size = sizeof address->socket.ipv6;
        address->socket.ipv6.sin6_family = AF_INET6;
        address->socket.ipv6.sin6_port = htons(port);
        return true;
    }
    return false;
}
