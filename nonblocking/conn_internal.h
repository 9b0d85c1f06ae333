/* SPDX-License-Identifier: MIT */
/* One of the monster's connections: the state machine of monster.h, from job to
 * result. It never waits and knows no other connection. */
#ifndef NONBLOCKING_CONN_INTERNAL_H
#define NONBLOCKING_CONN_INTERNAL_H

#include "nonblocking/client_batch.h"
#include "nonblocking/rivals.h"
#include "nonblocking/selector.h"

#ifdef __cplusplus
extern "C" {
#endif

enum conn_state {
    CONN_IDLE,         /* nothing to do; perhaps a kept connection */
    CONN_RESOLVING,    /* a thread looks the name up */
    CONN_CONNECTING,   /* the first "writable" says how it went */
    CONN_TRANSFERRING, /* request out, response in */
};

enum { CONN_SCRATCH_SIZE = 65536 };

/* A run: what all its connections share. */
struct monster {
    struct client_batch clients; /* each of them a struct conn */
    struct selector *selector;
    char *scratch; /* where bytes arrive: a waiting connection has no buffer */
};

struct conn {
    struct client client; /* first: what the batch knows of it */
    enum conn_state state;
    struct call call;
    int fd;                      /* -1: no connection */
    unsigned interest;           /* what the selector watches fd for */
    struct rivals *rivals;       /* of which fd is the descriptor; or NULL */
    struct kept_connection kept; /* what is known of fd */
};

/* The batch's operations on a connection. Each of them, and conn_step, goes as
 * far as it can without waiting. */
extern const struct client_ops conn_ops;

/* The selector says that fd is ready. */
void conn_step(struct conn *conn, unsigned ready);

#ifdef __cplusplus
}
#endif

#endif
