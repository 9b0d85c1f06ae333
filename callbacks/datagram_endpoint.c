/* SPDX-License-Identifier: MIT */
#include "callbacks/datagram_endpoint.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "nonblocking/datagram_socket.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <unistd.h>

/* The most messages received in one turn, so that the rest of the loop has its
 * turn, too. */
enum { MESSAGES_PER_TURN = 64 };

/* In front of each message that is kept; its bytes follow. */
struct kept_message {
    size_t size;
    bool connected; /* to the peer: `to` is unused */
    struct address to;
};

static size_t bytes_kept(const struct datagram_endpoint *endpoint)
{
    return endpoint->unsent.size - endpoint->sent;
}

/* ---- the end ---- */

static void on_lost(struct handle *handle)
{
    struct datagram_endpoint *endpoint =
        container_of(handle, struct datagram_endpoint, turn);
    struct datagram_protocol *protocol = endpoint->protocol;
    close(endpoint->watch.fd);
    endpoint->watch.fd = -1;
    buffer_deinit(&endpoint->unsent);
    protocol->ops->connection_lost(protocol, endpoint->error);
}
HANDLE_NAME(on_lost, "connection_lost of a datagram endpoint", NULL);

void datagram_abort(struct datagram_endpoint *endpoint, int error)
{
    if (endpoint->over)
        return;
    endpoint->over = endpoint->closing = true;
    endpoint->error = error;
    endpoint->turn.run = on_lost;
    loop_watch(endpoint->shared->loop, &endpoint->watch, 0);
    loop_call_soon(endpoint->shared->loop, &endpoint->turn);
}

static void watch_what_is_wanted(struct datagram_endpoint *endpoint)
{
    unsigned wanted = (endpoint->closing ? 0u : SELECT_READ) |
                      (bytes_kept(endpoint) ? SELECT_WRITE : 0u);
    if (endpoint->over || !endpoint->made || wanted == endpoint->watch.interest)
        return;
    int error = loop_watch(endpoint->shared->loop, &endpoint->watch, wanted);
    if (error)
        datagram_abort(endpoint, error);
}

void datagram_close(struct datagram_endpoint *endpoint)
{
    if (endpoint->closing)
        return;
    endpoint->closing = true;
    if (bytes_kept(endpoint) == 0)
        datagram_abort(endpoint, 0);
    else
        watch_what_is_wanted(endpoint);
}

static void receive_error(struct datagram_endpoint *endpoint, int error)
{
    struct datagram_protocol *protocol = endpoint->protocol;
    if (protocol->ops->error_received)
        protocol->ops->error_received(protocol, error);
}

/* ---- sending ---- */

static void ask_to_pause(struct datagram_endpoint *endpoint)
{
    struct datagram_protocol *protocol = endpoint->protocol;
    if (water_rises(&endpoint->marks, bytes_kept(endpoint)) &&
        protocol->ops->pause_writing)
        protocol->ops->pause_writing(protocol);
}

static void ask_to_resume(struct datagram_endpoint *endpoint)
{
    struct datagram_protocol *protocol = endpoint->protocol;
    if (water_falls(&endpoint->marks, bytes_kept(endpoint)) &&
        protocol->ops->resume_writing)
        protocol->ops->resume_writing(protocol);
}

void datagram_set_limits(struct datagram_endpoint *endpoint, size_t high,
                         size_t low)
{
    REQUIRE(low <= high, "datagram_set_limits: low is at most high");
    endpoint->marks.high = high;
    endpoint->marks.low = low;
    ask_to_pause(endpoint);
}

static void keep_datagram(struct datagram_endpoint *endpoint, struct slice data,
                          const struct address *to)
{
    struct kept_message header = {.size = data.size, .connected = !to};
    if (to)
        header.to = *to;
    if (buffer_reserve(&endpoint->unsent, sizeof header + data.size)) {
        receive_error(endpoint, -ENOMEM);
        return;
    }
    /* Neither can fail: the memory was reserved above. */
    (void)buffer_append(&endpoint->unsent, &header, sizeof header);
    (void)buffer_append(&endpoint->unsent, data.data, data.size);
    watch_what_is_wanted(endpoint);
    ask_to_pause(endpoint);
}

/* Sends kept messages first, in the order of writing, though the network may
 * change that order. */
void datagram_send(struct datagram_endpoint *endpoint, struct slice data,
                   const struct address *to)
{
    REQUIRE(endpoint->connected == !to,
            "datagram_send: an address unless the endpoint is connected");
    if (endpoint->closing)
        return;
    int error = bytes_kept(endpoint)
                    ? -EAGAIN
                    : datagram_socket_send(endpoint->watch.fd, data, to);
    if (error == -EAGAIN)
        keep_datagram(endpoint, data, to);
    else if (error)
        receive_error(endpoint, error);
}

static void send_kept(struct datagram_endpoint *endpoint)
{
    int error = 0;
    while (bytes_kept(endpoint) > 0 && error != -EAGAIN && !endpoint->over) {
        struct kept_message header;
        const char *at = endpoint->unsent.data + endpoint->sent;
        memcpy(&header, at, sizeof header);
        error = datagram_socket_send(
            endpoint->watch.fd, (struct slice){at + sizeof header, header.size},
            header.connected ? NULL : &header.to);
        if (error == -EAGAIN)
            break;
        endpoint->sent += sizeof header + header.size;
        if (error)
            receive_error(endpoint, error);
    }
    if (endpoint->over)
        return;
    if (bytes_kept(endpoint) == 0) {
        buffer_clear(&endpoint->unsent);
        endpoint->sent = 0;
        if (endpoint->closing)
            datagram_abort(endpoint, 0);
    }
    ask_to_resume(endpoint);
}

/* ---- receiving ---- */

/* False when nothing more has arrived. */
static bool receive_one(struct datagram_endpoint *endpoint)
{
    struct datagram_protocol *protocol = endpoint->protocol;
    struct transports *shared = endpoint->shared;
    struct address from;
    ssize_t count = datagram_socket_receive(endpoint->watch.fd, shared->scratch,
                                            shared->scratch_size, &from);
    if (count == -EAGAIN)
        return false;
    if (count < 0)
        receive_error(endpoint, (int)count);
    else
        protocol->ops->datagram_received(
            protocol, (struct slice){shared->scratch, (size_t)count}, &from);
    return true;
}

static void on_ready(struct handle *handle)
{
    struct datagram_endpoint *endpoint =
        container_of(handle, struct datagram_endpoint, watch.handle);
    unsigned ready = endpoint->watch.ready;
    if (ready & SELECT_WRITE && bytes_kept(endpoint))
        send_kept(endpoint);
    for (int i = 0; i < MESSAGES_PER_TURN && !endpoint->closing; i++)
        if (!(ready & SELECT_READ) || !receive_one(endpoint))
            break;
    watch_what_is_wanted(endpoint);
}
HANDLE_NAME(on_ready, "a datagram endpoint", NULL);

/* ---- beginning ---- */

static void on_made(struct handle *handle)
{
    struct datagram_endpoint *endpoint =
        container_of(handle, struct datagram_endpoint, turn);
    endpoint->made = true;
    endpoint->protocol->ops->connection_made(endpoint->protocol, endpoint);
    watch_what_is_wanted(endpoint);
}
HANDLE_NAME(on_made, "connection_made of a datagram endpoint", NULL);

int datagram_open(struct datagram_endpoint *endpoint, struct transports *shared,
                  const struct address *local, const struct address *remote,
                  struct datagram_protocol *protocol)
{
    REQUIRE(local || remote, "datagram_open: local, remote or both");
    int fd = datagram_socket_open(local, remote);
    if (fd < 0)
        return fd;
    *endpoint = (struct datagram_endpoint){
        .protocol = protocol,
        .shared = shared,
        .watch = {.handle.run = on_ready, .fd = fd},
        .turn.run = on_made,
        .marks = {HIGH_WATER, LOW_WATER, false},
        .connected = remote,
    };
    loop_call_soon(shared->loop, &endpoint->turn);
    return 0;
}

int datagram_address(const struct datagram_endpoint *endpoint,
                     struct address *address)
{
    return socket_address(endpoint->watch.fd, address);
}
