/* SPDX-License-Identifier: MIT */
#include "http/address.h"

#include <arpa/inet.h>
#include <string.h>

static sa_family_t family_at(const struct addresses *addresses, int i)
{
    return addresses->list[i].socket.any.sa_family;
}

/* The last address of another family, if that family has more than half of the
 * room; or -1. */
static int last_too_many(const struct addresses *addresses, sa_family_t family)
{
    int others = 0, last = -1;
    for (int i = 0; i < addresses->count; i++)
        if (family_at(addresses, i) != family) {
            others++;
            last = i;
        }
    return others > ADDRESSES_MAX / 2 ? last : -1;
}

void addresses_add(struct addresses *addresses, const struct address *address)
{
    struct address *list = addresses->list;
    if (addresses->count == ADDRESSES_MAX) {
        int out = last_too_many(addresses, address->socket.any.sa_family);
        if (out < 0)
            return;
        addresses->count--;
        memmove(&list[out], &list[out + 1],
                (size_t)(addresses->count - out) * sizeof *list);
    }
    list[addresses->count++] = *address;
}

/* Moves to each place the next address of the other family; those in between
 * move back by one. */
void addresses_interleave(struct addresses *addresses)
{
    struct address *list = addresses->list;
    for (int i = 1; i < addresses->count; i++) {
        int other = i;
        while (other < addresses->count &&
               family_at(addresses, other) == family_at(addresses, i - 1))
            other++;
        if (other == i || other == addresses->count)
            continue;
        struct address turn = list[other];
        memmove(&list[i + 1], &list[i], (size_t)(other - i) * sizeof *list);
        list[i] = turn;
    }
}

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
