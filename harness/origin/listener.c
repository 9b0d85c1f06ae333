/* SPDX-License-Identifier: MIT */
#include "harness/origin/listener.h"

#include "callbacks/handle_name.h"
#include "harness/descriptors.h"
#include "harness/origin/connection_internal.h"
#include "harness/origin/server_internal.h"
#include "http/address.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <unistd.h>

/* ACCEPTS_PER_TURN: a limit, so that open connections get answers in between.
 * FDS_OF_OTHERS: the selector, the listeners, standard streams and some
 * more. */
enum {
    ACCEPTS_PER_TURN = 64,
    FDS_OF_OTHERS = 60,
    PORTS_TRIED = 20,
};

static const nanos PAUSE = 50 * NANOS_PER_MILLISECOND;

int listener_room(void)
{
    size_t allowed = descriptors_allow_all();
    if (allowed > 1000000)
        return 1000000;
    return allowed > 2 * FDS_OF_OTHERS ? (int)allowed - FDS_OF_OTHERS
                                       : (int)allowed / 2 + 1;
}

/* ---- accepting ---- */

/* The answer to a client for which there is no room. A new socket takes all of
 * it at once. */
static void send_refusal(int fd)
{
    struct slice sentence = slice_of("Too many are here already\n");
    struct response_terms terms = {.minor_version = 1, .unread = true};
    struct response_head head = {.status = 503, .length = sentence.size};
    struct response response = {0};
    if (!response_start(&response, &terms, &head) &&
        !response_append(&response, sentence))
        send(fd, response.out.data, response.out.size,
             MSG_NOSIGNAL | MSG_DONTWAIT);
    response_deinit(&response);
}

static void turn_away(struct origin *origin, int fd)
{
    origin->stats.total.refused++;
    if (origin->options.tls) { /* a TLS handshake would have to come first */
        close(fd);
        return;
    }
    /* Reads what the client has sent already: with bytes unread the close would
     * be a reset, which may overtake the answer. */
    recv(fd, origin->in, sizeof origin->in, MSG_DONTWAIT);
    send_refusal(fd);
    shutdown(fd, SHUT_WR);
    close(fd);
}

static int watch_all(struct listener *listener, unsigned interest)
{
    struct loop *loop = listener->origin->loop;
    int error = 0;
    for (int i = 0; i < listener->count && !error; i++)
        error = loop_watch(loop, &listener->doors[i].watch, interest);
    return error;
}

static void resume_later(struct listener *listener)
{
    struct loop *loop = listener->origin->loop;
    loop_call_at(loop, &listener->resume, nanos_after(loop_time(loop), PAUSE));
}

/* There may still be no memory to watch with. */
static void resume_listening(struct handle *handle)
{
    struct listener *listener = container_of(handle, struct listener, resume);
    if (watch_all(listener, SELECT_READ))
        resume_later(listener);
}
HANDLE_NAME(resume_listening,
            "the origin, which accepts again after a shortage", NULL);

/* Out of descriptors or memory, the listener stays ready and the loop would
 * spin. So accepting pauses for a moment. */
static void pause_accepting(struct listener *listener)
{
    resume_later(listener);
    watch_all(listener, 0); /* which cannot fail */
}

static bool is_shortage(int error)
{
    return error == -EMFILE || error == -ENFILE || error == -ENOBUFS ||
           error == -ENOMEM;
}

/* Accepts one connection. 0, or a negative errno when there is none or none can
 * be accepted. */
static int accept_one(struct origin *origin, const struct watch *watch)
{
    int fd = socket_accept(watch->fd);
    if (fd < 0)
        return fd;
    if (origin->open >= origin->open_max) {
        turn_away(origin, fd);
        return 0;
    }
    return connection_new(origin, fd);
}

static void on_ready(struct handle *handle)
{
    struct watch *watch = container_of(handle, struct watch, handle);
    struct door *door = container_of(watch, struct door, watch);
    int error = 0;
    for (int i = 0; i < ACCEPTS_PER_TURN && !error; i++) {
        error = accept_one(door->listener->origin, watch);
        /* That connection ended while it waited; others are behind it. */
        if (error == -ECONNABORTED || error == -EPROTO)
            error = 0;
    }
    if (is_shortage(error))
        pause_accepting(door->listener);
}
HANDLE_NAME(on_ready, "the origin, which accepts connections", NULL);

/* ---- listening ---- */

/* The port is at the same place in both families. */
static uint16_t port_of(int fd)
{
    struct address address;
    return socket_address(fd, &address) ? 0
                                        : ntohs(address.socket.ipv4.sin_port);
}

static int open_door(struct listener *listener, const struct address *address)
{
    int fd = socket_listen(address);
    if (fd < 0)
        return fd;
    struct door *door = &listener->doors[listener->count++];
    *door = (struct door){.listener = listener,
                          .watch = {.handle.run = on_ready, .fd = fd}};
    listener->port = port_of(fd);
    return loop_watch(listener->origin->loop, &door->watch, SELECT_READ);
}

static void close_doors(struct listener *listener)
{
    while (listener->count) {
        struct door *door = &listener->doors[--listener->count];
        loop_watch(listener->origin->loop, &door->watch, 0);
        close(door->watch.fd);
    }
}

/* `first` and the addresses that follow it, all on the port that the first one
 * gets. */
static int open_doors(struct listener *listener, struct address first,
                      int count)
{
    int error = open_door(listener, &first);
    uint32_t ipv4 = ntohl(first.socket.ipv4.sin_addr.s_addr);
    first.socket.ipv4.sin_port = htons(listener->port);
    for (int i = 1; i < count && !error; i++) {
        first.socket.ipv4.sin_addr.s_addr = htonl(ipv4 + (uint32_t)i);
        error = open_door(listener, &first);
    }
    if (error)
        close_doors(listener);
    return error;
}

int listener_open(struct listener *listener, struct origin *origin)
{
    const struct origin_options *options = &origin->options;
    listener->origin = origin;
    listener->resume = (struct handle){.run = resume_listening};
    struct address first;
    const char *host = options->host ? options->host : "127.0.0.1";
    if (!address_from_literal(&first, host, options->port))
        return -EINVAL;
    int count = options->addresses ? options->addresses : 1;
    bool ipv4 = first.socket.any.sa_family == AF_INET;
    if (count < 1 || count > ORIGIN_ADDRESSES_MAX || (count > 1 && !ipv4))
        return -EINVAL;
    int error = -EADDRINUSE;
    /* A port that is free on one address may be taken on the next. */
    int tries = options->port ? 1 : PORTS_TRIED;
    while (error == -EADDRINUSE && tries-- > 0)
        error = open_doors(listener, first, count);
    return error;
}

void listener_close(struct listener *listener)
{
    /* This listener may not have been opened. */
    if (!listener->origin)
        return;
    loop_cancel(listener->origin->loop, &listener->resume);
    close_doors(listener);
}
