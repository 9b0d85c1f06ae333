/* SPDX-License-Identifier: MIT */
/* One of uring's connections: the states of the monster (conn_internal.h), with
 * one more.
 *
 * A program that waits for readiness may stop waiting at any time. An
 * operation, however, must be completed: until its last event has come, the
 * kernel may use the socket, the bytes to be sent and the buffer. So a
 * connection that is to be closed while operations are under way first cancels
 * them and waits for their last events: URING_DRAINING. */
#ifndef NONBLOCKING_URING_CONN_INTERNAL_H
#define NONBLOCKING_URING_CONN_INTERNAL_H

#include "nonblocking/client_batch.h"
#include "nonblocking/rivals.h"
#include "nonblocking/uring_ring_internal.h"

enum uring_state {
    URING_IDLE,
    URING_RESOLVING,
    URING_CONNECTING,
    URING_TRANSFERRING,
    URING_DRAINING,
};

/* A run: what all its connections share. */
struct uring_run {
    struct client_batch clients; /* each of them a struct uring_conn */
    struct uring_ring ring;
    bool unwatched; /* the ring had no room to watch the look-ups */
    struct uring_conn *undrained; /* nor for the cancellations of these */
};

struct uring_conn {
    struct client client; /* first: what the batch knows of it */
    enum uring_state state;
    struct call call;
    int fd;
    unsigned pending; /* operations under way: URING_CONNECT | SEND | RECEIVE */
    bool spent;       /* the connection may not be used any more */
    bool slow;        /* its connect is being cancelled: see rivals.h */
    struct rivals *rivals;       /* of which fd is the descriptor; or NULL */
    struct kept_connection kept; /* what is known of fd */
    struct uring_conn *next;     /* in undrained */
    bool is_undrained;
};

/* As in conn_internal.h, but a connection that has to drain is done later. It
 * may be deinitialised only when nothing is under way, or the ring is closed.
 */
extern const struct client_ops uring_conn_ops;

/* Cancels what the ring had no room for before, if it has room now. Without
 * that those connections would drain for ever. */
void uring_conns_drain(struct uring_run *run);

/* The kernel says what came of an operation. */
void uring_conn_complete(struct uring_conn *conn,
                         const struct uring_event *event);

#endif
