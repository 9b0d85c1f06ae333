/* SPDX-License-Identifier: MIT */
/* What all connections share. Private to the origin, whose parts use each other
 * in this order, and none behind them:
 *
 *     stats, origin_bytes, asked, wire, answer, reader
 *     connection           its life, events, waiting; bytes in, answer out
 *     listener, fixed, hold
 *     behaviours, paths    what a request asks for
 *     requests             from bytes to a request and to its answer
 *     origin               the whole
 */
#ifndef HARNESS_ORIGIN_SERVER_INTERNAL_H
#define HARNESS_ORIGIN_SERVER_INTERNAL_H

#include "callbacks/loop.h"
#include "harness/origin/answer.h"
#include "harness/origin/origin_options.h"
#include "harness/origin/reader.h"
#include "harness/origin/stats.h"

struct connection;
struct fixed;
struct hold;

/* Limits that no option changes. A client can make us keep no more than this.
 */
enum {
    READ_SCRATCH = 16 * 1024, /* what one read may bring */
    STORED_SMALL = 4 * 1024, /* a connection with less than this is never closed
                              * for it */
    STORED_MAX = 128 * 1024 * 1024, /* bodies and what waits, in all */
};

struct origin {
    struct origin_options options;
    struct loop *loop;

    struct connection *connections; /* all, in a list */
    int open, open_max;

    struct readers readers;
    size_t stored; /* bytes kept for all connections */
    struct stats stats;

    /* Parts that are above the connections. */
    struct fixed *fixed;
    struct hold *holds; /* HOLDS_MAX of them */
    /* Takes in what a connection has received: answers what is complete, keeps
     * what has to wait. */
    void (*take)(struct connection *connection, const char *data, size_t size);

    /* A connection that waits holds no buffer: all use these in turn. */
    char in[READ_SCRATCH];
    char out[ANSWER_SCRATCH];
};

#endif
