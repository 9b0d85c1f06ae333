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
 * connection_settle, which ends every call from the loop, gives it back.
 *
 *     connection.c  its life, events and waiting
 *     requests.c    from bytes to a request
 */
#ifndef HARNESS_ORIGIN_CONNECTION_H
#define HARNESS_ORIGIN_CONNECTION_H

#include "callbacks/loop.h"
#include "harness/origin/answer.h"
#include "harness/origin/asked.h"
#include "harness/origin/stats.h"

struct held;
struct origin;

enum connection_state {
    CONNECTION_READS,
    CONNECTION_WAITS,  /* the answer is not due yet */
    CONNECTION_WRITES, /* … or is blocked on writing */
    CONNECTION_DRIPS,  /* the next byte is not due yet */
    CONNECTION_DRAINS, /* it is closed on our side */
    CONNECTION_CLOSED,
};

/* Reads one request. A connection has one only while a request is half read or
 * being begun. */
struct reader {
    struct message message;
    struct buffer body; /* KEEPS_BODY */
    struct asked asked; /* once the head is there */
};

struct connection {
    struct origin *origin;
    struct connection *next, *previous;
    struct watch watch;
    struct handle timer; /* for whatever it waits for: one thing at a time */
    enum connection_state state;
    bool has_run;    /* its first request has come */
    bool doomed;     /* closes when the next request comes */
    bool ended;      /* the client will send no more */
    bool counted;    /* the request that it is busy with is in the stats */
    bool never;      /* … is never answered */
    struct run *run; /* of its first request */
    struct run *request_run; /* of the request that it is busy with */
    nanos since;             /* its last progress: idle since then */
    nanos delay, every;      /* before the answer; between drops */
    struct held *held;
    struct reader *reader;
    struct buffer pending; /* came while an answer was due */
    size_t stored;         /* its part of origin->stored */
    struct answer answer;
};

/* ---- connection.c ---- */

/* Takes over `fd`, also when it fails: 0 or a negative errno. */
int connection_new(struct origin *origin, int fd);

/* Ends it at once, whatever it is doing. */
void connection_free(struct connection *connection);

/* The first request decides to which run a connection belongs. */
void connection_join_run(struct connection *connection, struct run *run);

/* A request of that run has been read, and is in flight from now on. */
void connection_count(struct connection *connection, struct run *run);

/* The answer has been set up: waits for what it has to wait for, and sends. */
void connection_answer(struct connection *connection);

/* ---- requests.c ---- */

/* Takes in what was received: answers what is complete, keeps what has to
 * wait. */
void requests_take(struct connection *connection, const char *data,
                   size_t size);

void reader_free(struct reader *reader);

/* Gives back the connection's reader, if it has one. */
void requests_drop_reader(struct connection *connection);

#endif
