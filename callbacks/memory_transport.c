/* SPDX-License-Identifier: MIT */
#include "callbacks/memory_transport.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

#include <errno.h>

static struct memory_transport *memory_of(struct transport *transport)
{
    return container_of(transport, struct memory_transport, transport);
}

static void soon(struct memory_transport *memory)
{
    loop_call_soon(memory->loop, &memory->turn);
}

/* ---- the end ---- */

static void lose(struct memory_transport *memory, int error);

static void end_when_all_is_sent(struct memory_transport *memory)
{
    if (memory->closing && memory->peer->incoming.size == 0)
        lose(memory, 0);
}

/* Drops what has come; what comes later will not be received. */
static void stop_reading(struct memory_transport *memory)
{
    memory->reading = false;
    buffer_clear(&memory->incoming);
    end_when_all_is_sent(memory->peer);
}

/* Each protocol is told in a turn of its own: this one of its end, the peer's
 * that no more will come. */
static void lose(struct memory_transport *memory, int error)
{
    if (memory->over)
        return;
    memory->over = memory->closing = true;
    memory->error = error;
    soon(memory);
    stop_reading(memory);
    if (!memory->peer->over)
        soon(memory->peer);
}

/* What the peer has not received is dropped, and the peer notices. */
static void memory_abort(struct transport *transport, int error)
{
    struct memory_transport *memory = memory_of(transport);
    if (memory->over)
        return;
    if (memory->peer->incoming.size > 0)
        lose(memory->peer, -ECONNRESET);
    lose(memory, error);
}

static void memory_close(struct transport *transport)
{
    struct memory_transport *memory = memory_of(transport);
    if (memory->closing)
        return;
    memory->closing = true;
    stop_reading(memory);
    end_when_all_is_sent(memory);
}

/* ---- writing ---- */

static void memory_write(struct transport *transport, struct slice bytes)
{
    struct memory_transport *memory = memory_of(transport);
    struct memory_transport *peer = memory->peer;
    REQUIRE(!memory->eof_written,
            "transport_write: not after transport_write_eof");
    if (memory->closing || bytes.size == 0)
        return;
    if (peer->over) {
        lose(memory, -EPIPE);
    } else if (peer->closing) {
        return; /* the peer reads no more, and ends when all of its own is
                 * sent */
    } else if (buffer_append(&peer->incoming, bytes.data, bytes.size)) {
        lose(memory, -ENOMEM);
    } else {
        soon(peer);
        transport_water_rises(transport, &memory->marks, peer->incoming.size);
    }
}

static void memory_write_eof(struct transport *transport)
{
    struct memory_transport *memory = memory_of(transport);
    if (memory->eof_written || memory->closing)
        return;
    memory->eof_written = true;
    if (!memory->peer->over)
        soon(memory->peer);
}

void memory_transport_set_limits(struct memory_transport *memory, size_t high,
                                 size_t low)
{
    REQUIRE(low <= high, "memory_transport_set_limits: low is at most high");
    memory->marks.high = high;
    memory->marks.low = low;
    transport_water_rises(&memory->transport, &memory->marks,
                          memory->peer->incoming.size);
}

/* ---- reading ---- */

static void memory_read(struct transport *transport, bool on)
{
    struct memory_transport *memory = memory_of(transport);
    if (memory->closing || memory->eof_seen)
        return;
    memory->reading = on;
    if (on)
        soon(memory);
}

/* Takes the bytes out first: before the protocol returns it may answer, and the
 * peer may answer that. */
static void memory_receive(struct memory_transport *memory)
{
    struct protocol *protocol = memory->transport.protocol;
    struct memory_transport *peer = memory->peer;
    struct buffer taken = memory->incoming;
    memory->incoming = (struct buffer){0};
    protocol->ops->data_received(protocol,
                                 (struct slice){taken.data, taken.size});
    buffer_deinit(&taken);
    if (!peer->over)
        transport_water_falls(&peer->transport, &peer->marks,
                              memory->incoming.size);
    end_when_all_is_sent(peer);
}

static void see_eof(struct memory_transport *memory)
{
    struct protocol *protocol = memory->transport.protocol;
    memory->eof_seen = true;
    memory->reading = false;
    if (!protocol->ops->eof_received || !protocol->ops->eof_received(protocol))
        memory_close(&memory->transport);
}

/* ---- its turn ---- */

/* The storage of both may be given back in the last call of the last one. */
static void memory_finish(struct memory_transport *memory)
{
    struct protocol *protocol = memory->transport.protocol;
    buffer_deinit(&memory->incoming);
    protocol->ops->connection_lost(protocol, memory->error);
}

static void on_turn(struct handle *handle)
{
    struct memory_transport *memory =
        container_of(handle, struct memory_transport, turn);
    struct memory_transport *peer = memory->peer;
    if (memory->over) {
        memory_finish(memory);
        return;
    }
    if (!memory->made) {
        struct protocol *protocol = memory->transport.protocol;
        memory->made = true;
        soon(memory); /* what has come already is for the next turn */
        protocol->ops->connection_made(protocol, &memory->transport);
    } else if (memory->reading && memory->incoming.size > 0) {
        memory_receive(memory);
        if (memory->reading)
            soon(memory); /* perhaps that was the end, too */
    } else if (memory->reading && (peer->eof_written || peer->over)) {
        see_eof(memory);
    }
}
HANDLE_NAME(on_turn, "a transport in memory", NULL);

static bool memory_is_closing(const struct transport *transport)
{
    return container_of(transport, struct memory_transport, transport)->closing;
}

static const struct transport_ops memory_ops = {
    .write = memory_write,
    .write_eof = memory_write_eof,
    .close = memory_close,
    .abort = memory_abort,
    .read = memory_read,
    .is_closing = memory_is_closing,
};
WAIT_SHAPE(memory_ops, "a transport in memory", struct memory_transport,
           transport,
           WAIT_PART(WAIT_NOTHING, struct memory_transport, transport));

static void memory_init(struct memory_transport *memory,
                        struct memory_transport *peer, struct loop *loop,
                        struct protocol *protocol)
{
    *memory = (struct memory_transport){
        .transport = {&memory_ops, protocol},
        .loop = loop,
        .peer = peer,
        .turn.run = on_turn,
        .marks = {HIGH_WATER, LOW_WATER, false},
        .reading = true,
    };
    soon(memory);
}

void memory_transport_pair(struct memory_transport pair[2], struct loop *loop,
                           struct protocol *first, struct protocol *second)
{
    memory_init(&pair[0], &pair[1], loop, first);
    memory_init(&pair[1], &pair[0], loop, second);
}
