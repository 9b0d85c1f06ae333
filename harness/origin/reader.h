/* SPDX-License-Identifier: MIT */
/* The memory for reading a request. A connection has a reader only while a
 * request is half read or being begun, so that waiting connections hold
 * none. */
#ifndef HARNESS_ORIGIN_READER_H
#define HARNESS_ORIGIN_READER_H

#include "harness/origin/asked.h"
#include "http/server_request.h"

struct reader {
    struct server_request request;
    struct buffer body; /* of a path that wants what was posted */
    struct asked asked; /* once the head is there */
};

/* Requests that may be half read at a time. */
enum { READERS_MAX = 4096 };

struct readers {
    const struct message_limits *limits;
    struct reader *spare; /* one, because most requests are read in one piece */
    int in_use;
};

/* NULL when there are too many, or no memory. */
struct reader *readers_take(struct readers *readers);

/* Harmless for NULL. */
void readers_give_back(struct readers *readers, struct reader *reader);

/* Contract: all readers have been given back. */
void readers_deinit(struct readers *readers);

#endif
