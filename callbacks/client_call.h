/* SPDX-License-Identifier: MIT */
/* One call and its connection on a loop: what all clients on the loop have in
 * common. What a client adds is how it waits for the next of these things. It
 * needs no batch.
 *
 *     call_start
 *     while the call is not done, a hop:
 *         client_call_use_kept     or
 *             client_call_look_up  .. looked_up
 *             client_call_connect  .. watch, then client_call_connected
 *         client_call_transfer     .. watch, then client_call_receive ..
 *         client_call_end_hop
 *
 * ".." is where the loop waits. Instead of what is waited for, `ended` may be
 * called: the call is done, because its deadline has passed or a step has
 * failed. Nothing is called before the function that began the wait has
 * returned.
 */
#ifndef CALLBACKS_CLIENT_CALL_H
#define CALLBACKS_CLIENT_CALL_H

#include "callbacks/loop.h"
#include "callbacks/resolver.h"
#include "callbacks/transport.h"
#include "http/call.h"
#include "nonblocking/rivals.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What all calls on one loop share. */
struct client_calls {
    struct loop *loop;
    struct offloader *offloader;  /* its threads look names up */
    struct transports transports; /* with a scratch where bytes arrive: a
                                   * waiting call holds no buffer */
    nanos latest; /* the moment at which the last call began, if that was read
                   * from the clock, and not the time of its turn; or 0 */
};

/* The loop is borrowed. 0, or a negative errno and nothing to deinitialise. */
int client_calls_init(struct client_calls *calls, struct loop *loop);

/* After all of its calls. A look-up that hangs is not waited for. */
void client_calls_deinit(struct client_calls *calls);

struct client_call;

struct client_call_ops {
    /* The look-up is over, and the call has its result. */
    void (*looked_up)(struct client_call *client);
    /* The call has ended while the client was waiting, and what it was waiting
     * for will not come: client_call_end_hop is next. */
    void (*ended)(struct client_call *client);
};

/* Embedded in whatever a client is, and found again with container_of. */
struct client_call {
    struct call call;
    /* Of the connection; fd -1: there is none. The client sets handle.run
     * before it waits for a connection or in a transfer. */
    struct watch watch;
    struct kept_connection kept; /* what is known of fd, or of the socket that
                                  * the client has taken */

    /* private */
    struct client_calls *calls;
    const struct client_call_ops *ops;
    struct rivals *rivals; /* watch.fd is their descriptor; or NULL */
    void (*connected)(struct handle *handle); /* the client's, meanwhile */
    struct handle end; /* at the deadline, or an end that came at
                          once */
    struct resolution resolution;
    bool waits; /* in a hop */
};

/* All arguments are borrowed. Call call_start on client->call before each
 * page. */
void client_call_init(struct client_call *client, struct client_calls *calls,
                      const struct call_options *options,
                      const struct client_call_ops *ops);

/* Closes the connection. A page under way is forgotten: `ended` does not come.
 */
void client_call_deinit(struct client_call *client);

/* The time of this turn; or when a call began in it, if that was later, so that
 * nothing in a call comes before its beginning. */
static inline nanos client_call_now(const struct client_call *client)
{
    nanos turn = loop_time(client->calls->loop), latest = client->calls->latest;
    return latest > turn ? latest : turn;
}

/* True if the kept connection serves this hop: the call is connected. Else the
 * kept connection is closed. */
bool client_call_use_kept(struct client_call *client);

/* Begins to look up where the call leads. */
void client_call_look_up(struct client_call *client);

/* Begins to connect to the first address that does not refuse at once. If that
 * takes long, other addresses are tried beside it (rivals.h), and the watch
 * reports only the one that gets connected. */
void client_call_connect(struct client_call *client);

/* Tells the call how the attempt ended, once the watch has reported it. */
void client_call_connected(struct client_call *client);

/* Sends what the call wants to send, as far as that goes now, and waits for
 * what it wants then. */
void client_call_transfer(struct client_call *client);

/* Receives what has come, if watch.ready says that there is something. Then
 * the call needs client_call_transfer, or the hop is over. */
void client_call_receive(struct client_call *client);

/* ---- for a client that transfers in a way of its own ---- */

/* Returns the connected socket, which is the client's from here on, together
 * with client->kept, which says what is known of it. */
int client_call_take_socket(struct client_call *client);

/* The client begins to wait for something in its transfer: from here on the
 * call's deadline can end the wait. */
void client_call_wait(struct client_call *client);

/* The hop is over, and the client keeps the socket that it has taken. A client
 * that does not keep it calls client_call_end_hop. */
void client_call_rest(struct client_call *client);

/* ---- the end of a hop ---- */

/* The hop is over, well or badly: keeps the connection, or closes it. One that
 * is kept stays watched, for a server may close it at any time, so the loop
 * goes on until client_call_close. */
void client_call_end_hop(struct client_call *client);

/* After the call was ended from outside, by call_fail: stops waiting, and calls
 * `ended` at once. */
void client_call_give_up(struct client_call *client);

/* For HANDLE_NAME of a function that is watch.handle.run: which page this is,
 * and what it is doing. */
void client_call_describe_watch(const struct handle *handle, FILE *out);

/* Between two calls: closes the connection that was kept, if any. */
void client_call_close(struct client_call *client);

#ifdef __cplusplus
}
#endif

#endif
