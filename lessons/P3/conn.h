/* SPDX-License-Identifier: MIT */
/* A page under way on a socket that never waits, and a loop around many.
 *
 * A function that waits keeps what it needs in its stack frame. A function that
 * must not wait has to return instead, and then the frame is gone. So its
 * locals move into struct conn:
 *
 *     the client that waits (P0)         here
 *
 *     int fd;                            conn->fd
 *     struct call call;                  conn->call
 *     the line on which it is            conn->state
 *     char bytes[…]; ssize_t count;      still locals: used up at the return
 */
#ifndef LESSONS_P3_CONN_H
#define LESSONS_P3_CONN_H

#include "base/clock.h"
#include "http/call.h"
#include "http/model.h"

#include <poll.h>

#ifdef __cplusplus
extern "C" {
#endif

enum conn_state {
    CONN_FREE,         /* no page */
    CONN_CONNECTING,   /* on its way; the first "writable" says how it went */
    CONN_TRANSFERRING, /* request out, answer in */
    CONN_DONE,         /* over, well or badly; the socket is closed */
};

struct conn {
    enum conn_state state;
    int fd;           /* -1: none */
    struct call call; /* how much was sent, what has come, its deadline */
    const struct clock *clock;
};

/* ---- yours: conn.c ---- */

/* Step 1. The beginning of a connection, and what the first "writable" says. */
int conn_open(struct conn *conn, const struct address *to);
void conn_connected(struct conn *conn);

/* Step 2. What can be done now. `ready` is what poll said. */
void conn_send(struct conn *conn);
void conn_receive(struct conn *conn);
void conn_step(struct conn *conn, short ready);

/* Step 3. What poll is to be asked: POLLIN, POLLOUT, both, or 0. */
short conn_interest(const struct conn *conn);

/* Steps 4 and 5. Works through a batch, one thread for all of it. 0, or a
 * negative errno. */
int monster_run(struct batch *batch, const struct clock *clock);

/* ---- given: in conn.c ---- */

/* It is over: closes the socket. */
void conn_end(struct conn *conn);

/* ---- given: conn_page.c ---- */

void conn_init(struct conn *conn, const struct call_options *options,
               const struct clock *clock);
void conn_deinit(struct conn *conn);

/* Gives a free one a page: starts the call, and then conn_open. If that fails
 * it may be over at once. */
void conn_start(struct conn *conn, const struct job *job);

/* Is it over? Then hands the page to the batch, and it is free again. Or it
 * begins anew, when there is another address to try or a redirect to follow. */
void conn_settle(struct conn *conn, struct batch *batch);

#ifdef __cplusplus
}
#endif

#endif
