/* SPDX-License-Identifier: MIT */
/* One of the monster's connections: the state machine of monster.h, from job to
 * result. It never waits and knows no other connection. */
#ifndef NONBLOCKING_CONN_H
#define NONBLOCKING_CONN_H

#include "http/model.h"
#include "nonblocking/lookups.h"
#include "nonblocking/selector.h"

#ifdef __cplusplus
extern "C" {
#endif

enum conn_state {
    CONN_IDLE,         /* no job; perhaps a kept connection */
    CONN_LATER,        /* a job whose time has not come */
    CONN_RESOLVING,    /* a thread looks the name up */
    CONN_CONNECTING,   /* the first "writable" says how it went */
    CONN_TRANSFERRING, /* request out, response in */
};

enum { CONN_SCRATCH_SIZE = 65536 };

/* What all connections of a run share. */
struct conn_shared {
    struct selector *selector;
    struct lookups *lookups;
    char *scratch; /* where bytes arrive: a waiting connection has no buffer */
    nanos now;     /* read at a wake-up, and before jobs begin */
};

struct conn {
    struct conn_shared *shared;
    enum conn_state state;
    struct job job;
    struct call call;
    struct lookup *lookup; /* in CONN_RESOLVING */
    int fd;                /* -1: no connection */
    unsigned interest;     /* what the selector watches fd for; 0: nothing */
    struct kept_connection kept; /* what is known of fd */
    struct conn *next;           /* for whoever keeps lists of connections */
};

void conn_init(struct conn *conn, struct conn_shared *shared,
               const struct call_options *options, unsigned slot);

/* Closes the connection and forgets the job. */
void conn_deinit(struct conn *conn);

/* Takes a job. All of these move as far as they can without waiting; the job
 * is over when the state is CONN_IDLE again, and the result is in the call. */
void conn_open(struct conn *conn, const struct job *job);

/* The selector says that fd is ready. */
void conn_step(struct conn *conn, unsigned ready);

/* The look-up has ended. */
void conn_resolved(struct conn *conn, int code,
                   const struct addresses *addresses);

/* When it must be looked at even if nothing happens: its start or its deadline;
 * NEVER when idle. */
nanos conn_wakes_at(const struct conn *conn);

/* That moment may have come: starts the job, or ends it with a timeout. */
void conn_wake(struct conn *conn);

/* Ends the job with an error of the list. */
void conn_fail(struct conn *conn, enum fetch_error error, int detail);

#ifdef __cplusplus
}
#endif

#endif
