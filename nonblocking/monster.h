/* SPDX-License-Identifier: MIT */
/* The monster: the client on bare non-blocking sockets (row A4). "Slide space
 * is too limited to fit such monster", says the talk. Here it is: one state
 * machine over any selector, with one function for each state.
 *
 * A thread that waits keeps its place in the program on its stack. Here no
 * client waits, so none has a stack to keep anything on: what must survive
 * until the next event is in struct conn, and where to go on is its state.
 * (LATER is CLIENT_WAITS in client_batch.h; the others are in
 * conn_internal.h.)
 *
 *             a job                its time has come
 *     IDLE ----------> LATER ------------+
 *      ^  \                              |
 *      |   +--- at once ---------------> hop <------------------------+
 *      |                               /  |  \                        |
 *      |                    a name    /   |   \  a kept connection    |
 *      |                             v    |    \                      |
 *      |                     RESOLVING    |     \                     |
 *      |                             \    | an address                |
 *      |                              v   v      \                    |
 *      |                             CONNECTING   |     a redirect,   |
 *      |                                  |       |     a retry,      |
 *      |                                  v       v     next address  |
 *      |                              TRANSFERRING -------------------+
 *      |                                  |
 *      +---------- done, or failed -------+   (from every state)
 */
#ifndef NONBLOCKING_MONSTER_H
#define NONBLOCKING_MONSTER_H

#include "http/model.h"
#include "nonblocking/selector.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Works through a batch on one thread, over this kind of selector. 0 or a
 * negative errno, as struct model's run(). */
int monster_run(struct batch *batch, const struct selector_ops *selector);

/* The contestants `select`, `poll` and `epoll`. */
extern const struct model select_model;
extern const struct model poll_model;
extern const struct model epoll_model;

#ifdef __cplusplus
}
#endif

#endif
