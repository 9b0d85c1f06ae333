/* SPDX-License-Identifier: MIT */
/* A protocol that receives lines, however the bytes come: Twisted's
 * LineReceiver (TR13). It may change between lines and raw bytes at any
 * time. */
#ifndef DEFERREDS_LINE_RECEIVER_H
#define DEFERREDS_LINE_RECEIVER_H

#include "callbacks/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

struct line_receiver;

/* What may be NULL says so. What is lent is there for the call. */
struct line_receiver_ops {
    void (*connection_made)(struct line_receiver *receiver); /* may be NULL */
    void (*line_received)(struct line_receiver *receiver, struct slice line);
    /* Gets all bytes that are there. NULL: it is never in raw mode. */
    void (*raw_data_received)(struct line_receiver *receiver,
                              struct slice data);
    /* A line is too long. All that was received is dropped with this call.
     * NULL: the connection is closed. */
    void (*line_length_exceeded)(struct line_receiver *receiver,
                                 struct slice data);
    /* The last call; the storage is the owner's again. */
    void (*connection_lost)(struct line_receiver *receiver, int error);
};

enum { LINE_LENGTH_MAX = 16384 };

/* Embedded in whatever speaks in lines, and found again with container_of. */
struct line_receiver {
    struct protocol protocol; /* for a transport, or a factory */

    /* yours, after line_receiver_init and at any time */
    const struct line_receiver_ops *ops;
    struct slice delimiter; /* CR LF; borrowed, not empty */
    size_t max_length;      /* LINE_LENGTH_MAX, without the delimiter */

    /* you may read */
    struct transport *transport; /* NULL: not connected */

    /* private */
    bool raw, paused, closing;
    bool busy;            /* a call to `ops` is under way */
    struct buffer buffer; /* what was received, ... */
    size_t used;          /* ... and how much of it was told */
    struct buffer more;   /* what comes while it is busy */
};

void line_receiver_init(struct line_receiver *receiver,
                        const struct line_receiver_ops *ops);

/* Sends the line, and the delimiter. */
void line_receiver_send_line(struct line_receiver *receiver, struct slice line);

/* The first changes to raw bytes, the second to lines, beginning with those in
 * `extra`: bytes that raw_data_received was given and did not need. */
void line_receiver_set_raw_mode(struct line_receiver *receiver);
void line_receiver_set_line_mode(struct line_receiver *receiver,
                                 struct slice extra);

/* Drops what was received and not yet delivered. */
void line_receiver_clear_buffer(struct line_receiver *receiver);

/* Nothing is delivered while it is paused. Resuming delivers what is there. */
void line_receiver_pause(struct line_receiver *receiver);
void line_receiver_resume(struct line_receiver *receiver);

/* Closes the connection: after this only connection_lost is called. */
void line_receiver_close(struct line_receiver *receiver);

#ifdef __cplusplus
}
#endif

#endif
