/* SPDX-License-Identifier: MIT */
/* One of uring's connections: the states of the monster (conn.h), with one
 * more.
 *
 * Where readiness leaves nothing behind, a completion is owed: until the kernel
 * has answered, the socket, the bytes to be sent and the connection itself are
 * in its hands. So a connection that is to be closed while operations are under
 * way first cancels them and waits for their last events: URING_DRAINING. */
#ifndef NONBLOCKING_URING_CONN_INTERNAL_H
#define NONBLOCKING_URING_CONN_INTERNAL_H

#include "http/model.h"
#include "nonblocking/lookups.h"
#include "nonblocking/uring_ring_internal.h"

enum uring_state {
    URING_IDLE,
    URING_LATER,
    URING_RESOLVING,
    URING_CONNECTING,
    URING_TRANSFERRING,
    URING_DRAINING,
};

struct uring_shared {
    struct uring_ring ring;
    struct lookups *lookups;
    nanos now; /* read once a turn, and before jobs begin */
};

struct uring_conn {
    struct uring_shared *shared;
    enum uring_state state;
    struct job job;
    struct call call;
    struct lookup *lookup;
    int fd;
    unsigned pending; /* operations under way: URING_CONNECT | SEND | RECEIVE */
    bool spent;       /* the connection may not be used any more */
    struct kept_connection kept; /* what is known of fd */
    struct uring_conn *next;
};

void uring_conn_init(struct uring_conn *conn, struct uring_shared *shared,
                     const struct call_options *options, unsigned slot);

/* Nothing may be under way; or the ring is gone already. */
void uring_conn_deinit(struct uring_conn *conn);

/* As in conn.h: the job is over when the state is URING_IDLE again. */
void uring_conn_open(struct uring_conn *conn, const struct job *job);
void uring_conn_complete(struct uring_conn *conn,
                         const struct uring_event *event);
void uring_conn_resolved(struct uring_conn *conn, int code,
                         const struct addresses *addresses);
nanos uring_conn_wakes_at(const struct uring_conn *conn);
void uring_conn_wake(struct uring_conn *conn);
void uring_conn_fail(struct uring_conn *conn, enum fetch_error error,
                     int detail);

#endif
