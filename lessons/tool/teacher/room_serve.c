/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/room_serve.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/random.h>

/* ---- a post ---- */

static bool has_token(const struct room_server *server, struct slice target)
{
    return target.size == ROOM_TOKEN + 1 && target.data[0] == '/' &&
           !memcmp(target.data + 1, server->token, ROOM_TOKEN);
}

static void take(struct room_server *server, struct http_request *request)
{
    char key[sizeof server->room->laptops->key];
    int error = laptop_number(request->body, key, sizeof key);
    const char *why = error == -ENOMEM ? "out of memory"
                                       : "it does not say which laptop it is";
    if (!error)
        error =
            room_take(server->room, key, request->body, monotonic_now(), &why);
    server->refused += error != 0;
    if (!error)
        http_request_answer(request, 200, "text/plain", slice_of("Noted.\n"));
    else
        http_request_refuse(request, error == -EBADMSG ? 400 : 503, why);
}

static void handle_request(struct http_server *http,
                           struct http_request *request)
{
    struct room_server *server = container_of(http, struct room_server, http);
    if (!has_token(server, request->target)) {
        server->refused++;
        http_request_refuse(request, 404, "There is no such room.");
    } else if (http_request_allows(request, "POST")) {
        take(server, request);
    }
}

/* ---- where it listens ---- */

/* Letters that are not mistaken for each other when they are read off a
 * projector. There are 32 of them, so each is equally likely. */
static int make_token(char token[ROOM_TOKEN + 1])
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char bytes[ROOM_TOKEN];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return -errno;
    for (int i = 0; i < ROOM_TOKEN; i++)
        token[i] = letters[bytes[i] % 32];
    token[ROOM_TOKEN] = '\0';
    return 0;
}

int room_server_open(struct room_server *server, struct room *room,
                     struct loop *loop, const char *host, uint16_t port)
{
    enum { CONNECTIONS = 256, SECONDS = 10 };
    struct address address;
    *server = (struct room_server){
        .http = {.handle_request = handle_request,
                 .limits = {.body = LAPTOP_TEXT_MAX},
                 .idle_timeout = SECONDS * NANOS_PER_SECOND,
                 .request_timeout = SECONDS * NANOS_PER_SECOND,
                 .send_timeout = SECONDS * NANOS_PER_SECOND,
                 .listener = {.connections_max = CONNECTIONS}},
        .room = room};
    int error = address_from_literal(&address, host, port) ? 0 : -EINVAL;
    if (!error)
        error = make_token(server->token);
    if (!error)
        error = transports_init(&server->shared, loop);
    if (error)
        return error;
    error = http_server_listen(&server->http, &server->shared, &address);
    if (error)
        transports_deinit(&server->shared);
    return error;
}

static bool is_any(const struct address *address)
{
    if (address->socket.any.sa_family == AF_INET)
        return address->socket.ipv4.sin_addr.s_addr == htonl(INADDR_ANY);
    return IN6_IS_ADDR_UNSPECIFIED(&address->socket.ipv6.sin6_addr);
}

/* The first one that is not for this machine only. False: there is none. */
static bool own_address(char host[INET6_ADDRSTRLEN])
{
    struct ifaddrs *all;
    bool found = false;
    if (getifaddrs(&all))
        return false;
    for (struct ifaddrs *one = all; one && !found; one = one->ifa_next) {
        if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET ||
            one->ifa_flags & IFF_LOOPBACK)
            continue;
        struct sockaddr_in ipv4;
        memcpy(&ipv4, one->ifa_addr, sizeof ipv4);
        found = inet_ntop(AF_INET, &ipv4.sin_addr, host, INET6_ADDRSTRLEN);
    }
    freeifaddrs(all);
    return found;
}

void room_server_url(const struct room_server *server, char *url, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "?";
    struct address address;
    if (stream_server_address(&server->http.listener, &address))
        address = (struct address){0};
    bool ipv6 = address.socket.any.sa_family == AF_INET6;
    uint16_t port = ntohs(ipv6 ? address.socket.ipv6.sin6_port
                               : address.socket.ipv4.sin_port);
    if (is_any(&address) && own_address(host))
        ipv6 = false;
    else if (ipv6)
        inet_ntop(AF_INET6, &address.socket.ipv6.sin6_addr, host, sizeof host);
    else
        inet_ntop(AF_INET, &address.socket.ipv4.sin_addr, host, sizeof host);
    snprintf(url, size, "http://%s%s%s:%u/%s", ipv6 ? "[" : "", host,
             ipv6 ? "]" : "", port, server->token);
}

static bool is_local(const struct address *address)
{
    if (address->socket.any.sa_family == AF_INET)
        return ntohl(address->socket.ipv4.sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&address->socket.ipv6.sin6_addr);
}

const char *room_server_heard(const struct room_server *server)
{
    struct address address;
    if (stream_server_address(&server->http.listener, &address))
        return "at an address that is not known";
    if (is_any(&address))
        return "at all addresses of this machine";
    return is_local(&address) ? "on this machine only; for a room: --host, and "
                                "its address here"
                              : "at this address only";
}

void room_server_close(struct room_server *server, struct loop *loop)
{
    http_server_abort(&server->http);
    loop_run(loop);
    transports_deinit(&server->shared);
}
