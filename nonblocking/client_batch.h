/* SPDX-License-Identifier: MIT */
/* The book-keeping of a batch that one thread works through with many clients,
 * in whatever way they wait. It knows which clients have a job and when the
 * next one begins or is late, and sees to it that every job comes back. Nothing
 * here waits.
 *
 *     client_batch_fill       clients without a job take one and hop
 *     … the owner waits, and tells a client what has happened; it hops
 *     client_done             the call of a client is done: its job comes back
 *     client_batch_wake_due   some begin their job, some are too late
 *     client_batch_fail_all   cancelled, or the owner cannot wait any more
 *
 * A hop is what a client does from one wait to the next: it asks its call what
 * that needs, and looks up, connects, transfers or is done.
 */
#ifndef NONBLOCKING_CLIENT_BATCH_H
#define NONBLOCKING_CLIENT_BATCH_H

#include "http/model.h"
#include "nonblocking/lookups.h"

#ifdef __cplusplus
extern "C" {
#endif

struct client_batch;

enum client_state {
    CLIENT_IDLE,  /* no job; perhaps a kept connection */
    CLIENT_WAITS, /* it has a job, whose time has not come */
    CLIENT_WORKS, /* its call has begun */
    CLIENT_HOLDS, /* a job that was refused what it needs (model.h); its call
                   * is over */
};

/* One of the clients: one call at a time, and the connection that it keeps.
 * It is the first member of whatever a client is. */
struct client {
    struct client_batch *batch;
    struct call *call; /* the client's own, which it names in init */

    /* the batch's; you may read */
    enum client_state state;
    struct job job;
    nanos wake_at;         /* to begin, or to be too late; NEVER */
    struct lookup *lookup; /* NULL: none is under way */
    struct client *next;   /* of those without a job, or that hold one */
};

/* What the batch asks of a client. */
struct client_ops {
    size_t size; /* of all of it */

    /* The time by which its jobs begin. */
    nanos (*time)(const struct client_batch *batch);

    /* Once, before its first job: it names its call, which is initialised. All
     * else is zero. */
    void (*init)(struct client *client);
    void (*deinit)(struct client *client);

    /* Does what the call needs, as far as that goes without waiting. The call
     * has begun, or a look-up has ended. */
    void (*hop)(struct client *client);

    /* The call has ended while the client was waiting for something: the client
     * stops waiting, then is done. */
    void (*give_up)(struct client *client);

    /* The host has another address, which is to be tried beside the one that
     * the client has been connecting to for a while (rivals.h). Only for
     * clients that call client_heed_deadline. */
    void (*try_another)(struct client *client);
};

/* May be read by all; only `now` is set from outside. */
struct client_batch {
    struct batch *batch;
    const struct client_ops *ops;
    nanos now;     /* set by the owner at each wake-up */
    nanos wake_at; /* client_batch_wake_due has nothing to do earlier */
    size_t busy;   /* clients with a job that is not held */
    bool closed;   /* takes no more jobs */

    /* private */
    char *clients;       /* room for as many as may be in flight */
    size_t made;         /* of them, initialised: the first ones */
    struct client *idle; /* the one used last comes first */
    struct client *holding;
    struct completions *lookups;
};

/* `batch` is borrowed. 0 or -ENOMEM; deinitialise it in either case. */
int client_batch_init(struct client_batch *clients, struct batch *batch,
                      const struct client_ops *ops);

/* Jobs that are still out come back; then the clients are deinitialised. */
void client_batch_deinit(struct client_batch *clients);

/* Hands jobs out until all clients are busy or there are no more. A job whose
 * time has not come waits with its client. */
void client_batch_fill(struct client_batch *clients);

/* Begins the jobs whose time has come by `now`, and ends the calls whose time
 * is over. */
void client_batch_wake_due(struct client_batch *clients);

/* Ends every job with an error of the list, and takes no more. */
void client_batch_fail_all(struct client_batch *clients, enum fetch_error error,
                           int detail);

/* The call of this client is done, and the client waits for nothing any more:
 * its result is handed over; or its job is held, until client_batch_fill. */
void client_done(struct client *client);

/* ---- for clients that wait by hand ---- */

/* Lets client_batch_wake_due keep the deadline of this client's call, and the
 * moment for another address. Call it at each hop and after call_sent, because
 * either may have come nearer. */
void client_heed_deadline(struct client *client);

/* Look-ups on threads: at most `threads` at a time. 0 or a negative errno. */
int client_batch_open_lookups(struct client_batch *clients, size_t threads);

/* Looks up where the call leads; the client hops when that is known. False: the
 * look-up could not be started, and the call has failed. */
bool client_look_up(struct client *client);

/* The descriptor of `lookups` is readable: clients whose look-up has ended hop.
 */
void client_batch_take_lookups(struct client_batch *clients);

#ifdef __cplusplus
}
#endif

#endif
