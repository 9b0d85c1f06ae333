/* SPDX-License-Identifier: MIT */
/* One connection: a request is read, it may have to wait, its answer is
 * written, and the next one is read. Private to the origin.
 *
 *     READS --request--> WAITS --delay, hold--> WRITES --all out--> READS
 *                                               |  ^             or CLOSED
 *                                    limit, drop v  |            or DRAINS
 *                                               DRIPS
 *
 * A function that finds that a connection is over sets its state to CLOSED;
 * settle, which ends every call from the loop, gives it back.
 */
#ifndef HARNESS_ORIGIN_CONNECTION_INTERNAL_H
#define HARNESS_ORIGIN_CONNECTION_INTERNAL_H

#include "callbacks/loop.h"
#include "harness/origin/answer.h"
#include "harness/origin/reader.h"
#include "harness/origin/stats.h"
#include "harness/origin/wire_internal.h"

struct origin;

enum connection_state {
    CONNECTION_READS,
    CONNECTION_WAITS,  /* the answer is not due yet */
    CONNECTION_WRITES, /* … or is blocked on writing */
    CONNECTION_DRIPS,  /* the next byte is not due yet */
    CONNECTION_DRAINS, /* our side is closed */
    CONNECTION_CLOSED,
};

struct connection;

/* A request that is held until something else has happened. */
struct held {
    /* Its timer has run: ends the hold and sets up the answer. 0 or -ENOMEM. */
    int (*due)(struct connection *connection);
    /* The client has gone: ends the hold. */
    void (*leave)(struct connection *connection);
};

struct connection {
    struct origin *origin;
    struct connection *next, *previous;
    struct watch watch;
    struct wire wire;    /* over the watched socket */
    struct handle timer; /* for whatever it waits for: one thing at a time */
    enum connection_state state;
    bool has_run;    /* its first request has come */
    bool doomed;     /* closes when the next request comes */
    bool ended;      /* the client will send no more */
    bool counted;    /* the request that it is busy with is in the stats */
    bool never;      /* … is never answered */
    bool interim;    /* an interim response has not all been sent */
    struct run *run; /* of its first request */
    struct run *request_run; /* of the request that it is busy with */
    nanos since;             /* its last progress: idle since then */
    nanos delay, every;      /* before the answer; between drops */
    struct held *held;       /* NULL: the request is not held */
    struct reader *reader;   /* NULL: no request is half read */
    struct buffer pending;   /* came while an answer was due */
    size_t stored;           /* its part of origin->stored */
    struct answer answer;
};

/* Takes over `fd`, also when it fails; then the client gets an error. 0 or a
 * negative errno. */
int connection_new(struct origin *origin, int fd);

/* Ends it at once, whatever it is doing. */
void connection_free(struct connection *connection);

/* The first request decides to which run a connection belongs. */
void connection_join_run(struct connection *connection, struct run *run);

/* Counts a request of that run, which has been read and is in flight from now
 * on. */
void connection_count(struct connection *connection, struct run *run);

/* An interim response comes before the answer: sends it. */
void connection_send_interim(struct connection *connection);

/* Ends the connection because there is no memory for its answer. Tells the
 * client so, unless a part of an answer is already on its way. */
void connection_starve(struct connection *connection);

/* Sends the answer that was set up, after the waits that were asked for. */
void connection_answer(struct connection *connection);

#endif
