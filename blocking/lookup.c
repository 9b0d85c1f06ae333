/* SPDX-License-Identifier: MIT */
#include "blocking/lookup.h"

#include "http/result.h"

#include <assert.h>

#include <errno.h>
#include <netdb.h>
#include <string.h>

static void set_port(struct address *address, uint16_t port)
{
    if (address->socket.any.sa_family == AF_INET6)
        address->socket.ipv6.sin6_port = htons(port);
    else
        address->socket.ipv4.sin_port = htons(port);
}

/* Addresses that do not fit are of families that we have not asked for. */
static void add_address(struct addresses *addresses,
                        const struct addrinfo *found, uint16_t port)
{
    struct address address;
    if (found->ai_addrlen > sizeof address.socket)
        return;
    memset(&address, 0, sizeof address);
    address.size = found->ai_addrlen;
    memcpy(&address.socket, found->ai_addr, found->ai_addrlen);
    set_port(&address, port);
    addresses_add(addresses, &address);
}

/* getaddrinfo's codes are negative here; an errno is positive. What is not this
 * machine's fault, such as a name server that refuses, stays an error of the
 * name. */
static_assert(EAI_SYSTEM < 0, "an errno can be told from a code");

static int system_code(int number)
{
    if (number == ENOMEM)
        return EAI_MEMORY;
    enum fetch_error error = fetch_error_from_errno(-number);
    return number > 0 && fetch_error_exit_code(error) == 8 ? number
                                                           : EAI_SYSTEM;
}

/* glibc says EAI_SYSTEM where it could not look because of this machine; but
 * without a descriptor it may say that there is no such name. */
static bool is_of_system(int code, int number)
{
    return code == EAI_SYSTEM || number == EMFILE || number == ENFILE;
}

int lookup_host(struct addresses *addresses, const struct endpoint *endpoint)
{
    addresses->count = 0;
    if (address_from_literal(&addresses->list[0], endpoint->host,
                             endpoint->port)) {
        addresses->count = 1;
        return 0;
    }
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    errno = 0;
    int error = getaddrinfo(endpoint->host, NULL, &hints, &found);
    if (error)
        return is_of_system(error, errno) ? system_code(errno) : error;
    for (const struct addrinfo *one = found; one; one = one->ai_next)
        add_address(addresses, one, endpoint->port);
    freeaddrinfo(found);
    addresses_interleave(addresses);
    return addresses->count ? 0 : EAI_NODATA;
}
