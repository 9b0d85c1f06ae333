/* SPDX-License-Identifier: MIT */
#include "callbacks/tls_transport.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

#include <errno.h>

static struct tls_transport *above(struct transport *transport)
{
    return container_of(transport, struct tls_transport, transport);
}

static struct tls_transport *below(struct protocol *protocol)
{
    return container_of(protocol, struct tls_transport, wire_side);
}

static size_t bytes_kept(const struct tls_transport *tls)
{
    return tls->unsent.size - tls->taken;
}

/* ---- towards the wire ---- */

/* Ends the transport below, now or as soon as there is one. */
static void abort_wire(struct tls_transport *tls, int error)
{
    tls->closing = true;
    tls->reading = false;
    tls->error = error;
    if (tls->wire)
        transport_abort(tls->wire, error);
}

static void flush(struct tls_transport *tls)
{
    struct slice out;
    while (tls->wire && (out = tls_output(tls->tls)).size > 0) {
        transport_write(tls->wire, out);
        tls_sent(tls->tls, out.size);
    }
}

static void tls_fail(struct tls_transport *tls)
{
    flush(tls); /* an alert tells the peer why, if it can still be sent */
    abort_wire(tls, -EPROTO);
}

static void end_in_order(struct tls_transport *tls)
{
    if (bytes_kept(tls) > 0 || !tls->made)
        return;
    if (tls->eof_written || tls->closing)
        tls_close(tls->tls);
    flush(tls);
    if (tls->closing)
        transport_close(tls->wire);
    else if (tls->eof_written)
        transport_write_eof(tls->wire);
}

/* The transport below keeps what does not fit, so TLS takes all of it. */
static void encrypt_kept(struct tls_transport *tls)
{
    while (bytes_kept(tls) > 0) {
        struct slice rest = {tls->unsent.data + tls->taken, bytes_kept(tls)};
        ssize_t count = tls_write(tls->tls, rest);
        if (count < 0) {
            tls_fail(tls);
            return;
        }
        tls->taken += (size_t)count;
        flush(tls);
        if (count == 0)
            return; /* the handshake comes first */
    }
    buffer_clear(&tls->unsent);
    tls->taken = 0;
}

static void tls_transport_write(struct transport *transport, struct slice bytes)
{
    struct tls_transport *tls = above(transport);
    REQUIRE(!tls->eof_written,
            "transport_write: not after transport_write_eof");
    if (tls->closing || tls->over || bytes.size == 0)
        return;
    if (buffer_append(&tls->unsent, bytes.data, bytes.size))
        abort_wire(tls, -ENOMEM);
    else
        encrypt_kept(tls);
}

static void tls_transport_write_eof(struct transport *transport)
{
    struct tls_transport *tls = above(transport);
    if (tls->eof_written || tls->closing || tls->over)
        return;
    tls->eof_written = true;
    end_in_order(tls);
}

static void tls_transport_close(struct transport *transport)
{
    struct tls_transport *tls = above(transport);
    if (tls->closing || tls->over)
        return;
    tls->closing = true;
    tls->reading = false;
    if (!tls->made)
        abort_wire(tls, 0); /* before the handshake is done, there is no end in
                             * good order */
    else
        end_in_order(tls);
}

static void tls_transport_abort(struct transport *transport, int error)
{
    abort_wire(above(transport), error);
}

/* ---- from the wire ---- */

/* The peer has ended TLS. TCP may stay half open, TLS seldom does: as asyncio,
 * ours closes unless the protocol says otherwise. */
static void on_end(struct tls_transport *tls)
{
    struct protocol *protocol = tls->transport.protocol;
    tls->reading = false;
    tls->ended = true;
    if (!protocol->ops->eof_received || !protocol->ops->eof_received(protocol))
        tls_transport_close(&tls->transport);
}

/* TLS has copied the encrypted bytes, so the scratch is free for plain ones. */
static void hand_out(struct tls_transport *tls)
{
    struct transports *shared = tls->shared;
    ssize_t count = -EAGAIN;
    while (tls->reading && (count = tls_read(tls->tls, shared->scratch,
                                             shared->scratch_size)) > 0) {
        struct protocol *protocol = tls->transport.protocol;
        struct slice data = {shared->scratch, (size_t)count};
        protocol->ops->data_received(protocol, data);
    }
    if (count == 0)
        on_end(tls);
    else if (count == -EPROTO)
        tls_fail(tls);
    else
        flush(tls);
}

static void finish_handshake(struct tls_transport *tls)
{
    struct protocol *protocol = tls->transport.protocol;
    tls->made = true;
    protocol->ops->connection_made(protocol, &tls->transport);
    encrypt_kept(tls);
    end_in_order(tls);
}

static void on_wire_data(struct protocol *protocol, struct slice data)
{
    struct tls_transport *tls = below(protocol);
    if (tls_received(tls->tls, data.data, data.size)) {
        tls_fail(tls);
        return;
    }
    flush(tls);
    if (!tls->made && tls_is_ready(tls->tls))
        finish_handshake(tls);
    if (tls->made)
        hand_out(tls);
}

/* An end of TCP without an end of TLS may be an attack that cuts a page short.
 * After an end of TLS the other direction may stay open, if the protocol wants
 * that. */
static bool on_wire_eof(struct protocol *protocol)
{
    struct tls_transport *tls = below(protocol);
    if (tls_ended(tls->tls) && !tls->closing)
        abort_wire(tls, -EPROTO);
    return tls->ended && !tls->closing;
}

static void on_wire_made(struct protocol *protocol, struct transport *wire)
{
    struct tls_transport *tls = below(protocol);
    tls->wire = wire;
    if (tls->closing)
        transport_abort(wire, tls->error);
    else
        flush(tls);
}

/* A peer that has ended TLS may be gone before our own notice is sent, so that
 * is not an error. TLS is freed after the last call of the protocol, which may
 * ask for the reason in it, and may give the storage back. */
static void on_wire_lost(struct protocol *protocol, int error)
{
    struct tls_transport *tls = below(protocol);
    struct protocol *upper = tls->transport.protocol;
    struct tls *openssl = tls->tls;
    tls->over = true;
    loop_cancel(tls->shared->loop, &tls->drain);
    buffer_deinit(&tls->unsent);
    if (tls->ended && tls->closing && !tls->error)
        error = 0;
    upper->ops->connection_lost(upper, error);
    tls_free(openssl);
}

static void on_wire_pause(struct protocol *protocol)
{
    struct protocol *upper = below(protocol)->transport.protocol;
    if (below(protocol)->made && upper->ops->pause_writing)
        upper->ops->pause_writing(upper);
}

static void on_wire_resume(struct protocol *protocol)
{
    struct protocol *upper = below(protocol)->transport.protocol;
    if (below(protocol)->made && upper->ops->resume_writing)
        upper->ops->resume_writing(upper);
}

/* ---- pausing ---- */

static void on_drain(struct handle *handle)
{
    hand_out(container_of(handle, struct tls_transport, drain));
}
HANDLE_NAME(on_drain, "what TLS has read", NULL);

/* Hands out what TLS has already read, which would not make the descriptor
 * readable again. */
static void tls_transport_read(struct transport *transport, bool on)
{
    struct tls_transport *tls = above(transport);
    if (tls->closing || tls->over || tls->reading == on)
        return;
    tls->reading = on;
    tls->wire->ops->read(tls->wire, on);
    if (on)
        loop_call_soon(tls->shared->loop, &tls->drain);
    else
        loop_cancel(tls->shared->loop, &tls->drain);
}

/* ---- beginning ---- */

static bool tls_transport_is_closing(const struct transport *transport)
{
    const struct tls_transport *tls =
        container_of(transport, struct tls_transport, transport);
    return tls->closing || tls->over;
}

static const struct transport_ops upper_ops = {
    .write = tls_transport_write,
    .write_eof = tls_transport_write_eof,
    .close = tls_transport_close,
    .abort = tls_transport_abort,
    .read = tls_transport_read,
    .is_closing = tls_transport_is_closing,
};
WAIT_SHAPE(upper_ops, "TLS", struct tls_transport, transport,
           WAIT_PART(WAIT_BY, struct tls_transport, wire));

static const struct protocol_ops wire_ops = {
    .connection_made = on_wire_made,
    .data_received = on_wire_data,
    .eof_received = on_wire_eof,
    .connection_lost = on_wire_lost,
    .pause_writing = on_wire_pause,
    .resume_writing = on_wire_resume,
};
WAIT_SHAPE(wire_ops, "TLS", struct tls_transport, wire_side,
           WAIT_PART(WAIT_TELLS, struct tls_transport, transport.protocol));

static void tls_init(struct tls_transport *tls, struct transports *shared,
                     struct protocol *protocol)
{
    *tls = (struct tls_transport){
        .transport = {&upper_ops, protocol},
        .wire_side = {&wire_ops},
        .shared = shared,
        .drain.run = on_drain,
        .reading = true,
    };
}

int tls_transport_connect(struct tls_transport *tls, struct transports *shared,
                          struct tls_context *context, const char *host,
                          struct protocol *protocol)
{
    tls_init(tls, shared, protocol);
    return tls_connect_new(&tls->tls, context, host);
}

int tls_transport_accept(struct tls_transport *tls, struct transports *shared,
                         struct tls_context *context, struct protocol *protocol)
{
    tls_init(tls, shared, protocol);
    return tls_accept_new(&tls->tls, context);
}

void tls_transport_deinit(struct tls_transport *tls)
{
    loop_cancel(tls->shared->loop, &tls->drain);
    tls_free(tls->tls);
    tls->tls = NULL;
    buffer_deinit(&tls->unsent);
}

enum tls_error tls_transport_error(const struct tls_transport *tls)
{
    return tls_error(tls->tls);
}
