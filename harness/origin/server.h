/* SPDX-License-Identifier: MIT */
/* The server as a whole: what its connections share. Private to the origin. */
#ifndef HARNESS_ORIGIN_SERVER_H
#define HARNESS_ORIGIN_SERVER_H

#include "callbacks/loop.h"
#include "harness/origin/answer.h"
#include "harness/origin/fixed.h"
#include "harness/origin/hold.h"
#include "harness/origin/listener.h"
#include "harness/origin/origin.h"
#include "harness/origin/stats.h"

struct connection;
struct reader;

/* Limits that no option changes. A client can make us keep no more than this.
 */
enum {
    READ_SCRATCH = 16 * 1024, /* as much of what follows a request is kept */
    READERS_MAX = 4096,       /* requests that are half read */
    ECHO_MAX = 1024 * 1024,
    STORED_SMALL = 4 * 1024,        /* nobody is turned away for so little */
    STORED_MAX = 128 * 1024 * 1024, /* bodies and what waits, in all */
};

extern const struct message_limits origin_limits;

struct origin {
    struct origin_options options;
    struct loop *loop;
    struct watch stop;
    struct listener listener;

    struct connection *connections; /* all, in a list */
    int open, open_max;
    struct handle sweep; /* looks for the idle ones, now and then */

    struct reader *spare; /* most requests are read in one piece: one does */
    int readers;          /* in use */
    size_t stored;        /* bytes kept for all connections */

    struct stats stats;
    struct fixed fixed;
    struct hold holds[HOLDS_MAX];

    /* A connection that waits holds no buffer: these serve all in turn. */
    char in[READ_SCRATCH];
    char out[ANSWER_SCRATCH];
};

/* The run is gone: nothing may point to it any more. */
void origin_forget_run(void *context, const struct run *run);

#endif
