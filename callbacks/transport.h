/* SPDX-License-Identifier: MIT */
/* Transports move bytes, protocols know what the bytes mean: Twisted's pair and
 * asyncio's (row D4; rules TP1 to TP6 in the tests).
 *
 *     connection_made  data_received*  [eof_received]  connection_lost
 *
 * A transport tries to write at once, as asyncio's does (TP2) and Twisted's
 * does not, and keeps a copy of what does not fit. So a protocol never
 * waits, but it is asked to pause when too much is kept.
 *
 * Behind a transport may be a socket, a pipe, TLS over another transport, or a
 * test's memory: a protocol does not see which. All of it happens on the loop's
 * thread.
 */
#ifndef CALLBACKS_TRANSPORT_H
#define CALLBACKS_TRANSPORT_H

#include "base/bytes.h"
#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

struct protocol;
struct transport;

/* Embedded in whatever speaks it, and found again with container_of. What may
 * be NULL says so. */
struct protocol_ops {
    /* The first call. The transport stays its owner's until connection_lost. */
    void (*connection_made)(struct protocol *protocol,
                            struct transport *transport);
    /* The bytes are there for as long as the call takes. Any number of them: a
     * message may come in pieces, and several may come at once. */
    void (*data_received)(struct protocol *protocol, struct slice data);
    /* The peer will send no more. True: the other direction stays open, and the
     * protocol closes it. NULL, or false: the transport closes (TP4). */
    bool (*eof_received)(struct protocol *protocol);
    /* The last call, in a turn of its own, once (TP1). 0: an end in good order,
     * by either side; else the negative errno that ended it. The transport may
     * be given back in here. */
    void (*connection_lost)(struct protocol *protocol, int error);
    /* More is kept than the high-water mark; and later, no more than the
     * low-water mark (TP3). Both may be NULL. */
    void (*pause_writing)(struct protocol *protocol);
    void (*resume_writing)(struct protocol *protocol);
};

struct protocol {
    const struct protocol_ops *ops;
};

struct transport_ops {
    void (*write)(struct transport *transport, struct slice bytes);
    void (*write_eof)(struct transport *transport);
    void (*close)(struct transport *transport);
    void (*abort)(struct transport *transport, int error);
    void (*read)(struct transport *transport, bool on);
    bool (*is_closing)(const struct transport *transport);
};

struct transport {
    const struct transport_ops *ops;
    struct protocol *protocol; /* gets the calls; may be replaced at any time */
};

/* Sends the bytes now, or copies what cannot leave now. After close, abort or
 * the end they are dropped. Not after transport_write_eof. */
static inline void transport_write(struct transport *transport,
                                   struct slice bytes)
{
    transport->ops->write(transport, bytes);
}

/* No more will be written: the peer sees the end once all is sent, and may go
 * on sending. */
static inline void transport_write_eof(struct transport *transport)
{
    transport->ops->write_eof(transport);
}

/* Reads no more, sends what is kept, and ends. That may take for ever with a
 * peer that never reads: set a time, and abort. Harmless when done twice. */
static inline void transport_close(struct transport *transport)
{
    transport->ops->close(transport);
}

/* Ends now; what is kept is dropped. `error` is what connection_lost is told: 0
 * or a negative errno. Harmless when it is over. */
static inline void transport_abort(struct transport *transport, int error)
{
    transport->ops->abort(transport, error);
}

/* Has it been closed, or has it ended, though connection_lost may not have been
 * called yet? From then on, what is written is dropped. */
static inline bool transport_is_closing(const struct transport *transport)
{
    return transport->ops->is_closing(transport);
}

/* No data_received from now on, until reading is resumed; nor after a close, or
 * once the peer's end was seen (TP6). Harmless when done twice. */
static inline void transport_pause_reading(struct transport *transport)
{
    transport->ops->read(transport, false);
}

static inline void transport_resume_reading(struct transport *transport)
{
    transport->ops->read(transport, true);
}

/* ---- flow control, for those that make transports ---- */

/* How many bytes a transport may keep before it asks its protocol to pause, and
 * how few it must keep before it asks it to go on (TP3). */
struct water_marks {
    size_t high, low;
    bool paused; /* the protocol was asked to pause */
};

enum { HIGH_WATER = 64 * 1024, LOW_WATER = HIGH_WATER / 4 };

/* After `kept` has grown, or the marks have changed: is it time to ask for a
 * pause? If so, notes that it was asked for. */
static inline bool water_rises(struct water_marks *marks, size_t kept)
{
    bool asks = !marks->paused && kept > marks->high;
    marks->paused |= asks;
    return asks;
}

/* After `kept` has shrunk: may writing go on? */
static inline bool water_falls(struct water_marks *marks, size_t kept)
{
    bool asks = marks->paused && kept <= marks->low;
    marks->paused &= !asks;
    return asks;
}

/* The same, and asks the protocol to go on. */
void transport_water_rises(struct transport *transport,
                           struct water_marks *marks, size_t kept);
void transport_water_falls(struct transport *transport,
                           struct water_marks *marks, size_t kept);

/* ---- what all transports on one loop share ---- */

/* A transport that waits holds no buffer for what it may read: bytes arrive in
 * a scratch that all of them use in turn. */
struct transports {
    struct loop *loop;
    char *scratch;
    size_t scratch_size;
};

/* The loop is borrowed. 0 or -ENOMEM. */
int transports_init(struct transports *transports, struct loop *loop);

/* When every transport has ended. */
void transports_deinit(struct transports *transports);

#ifdef __cplusplus
}
#endif

#endif
