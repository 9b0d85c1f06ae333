/* SPDX-License-Identifier: MIT */
/* The client of episode 1: nothing but callbacks on the loop. One page, or a
 * batch of them. */
#ifndef CALLBACKS_CALLBACKS_H
#define CALLBACKS_CALLBACKS_H

#include "callbacks/client_call.h"
#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a page: Twisted's getPage, with a callback ---- */

/* Embedded in whatever wants the page, and found again with container_of. */
struct callback_client {
    struct client_call base;
    /* Called once for each page, never inside callback_client_start, but inside
     * callback_client_cancel;
     * call_result(&client->base.call) has what came of it. It may start the
     * next page, or deinitialise the client. */
    void (*done)(struct callback_client *client);
};

/* `calls` and `options` are borrowed. */
void callback_client_init(struct callback_client *client,
                          struct client_calls *calls,
                          const struct call_options *options,
                          void (*done)(struct callback_client *client));

/* Closes the connection and forgets a page under way: done is not called. */
void callback_client_deinit(struct callback_client *client);

/* Begins to fetch; the request is borrowed until done. With keep_alive the
 * connection stays open, and so does the loop, until the server closes it or
 * client_call_close does. */
void callback_client_start(struct callback_client *client,
                           const struct request *request);

/* Cancels the page: done is called at once, with FETCH_CANCELLED. */
void callback_client_cancel(struct callback_client *client);

/* ---- a batch ---- */

/* The model; runs on epoll and the monotonic clock. */
extern const struct model callbacks_model;

/* The same on a selector and a clock of the caller's; see model.h for what it
 * returns. */
int callbacks_run(struct batch *batch, const struct selector_ops *selector,
                  const struct clock *clock);

#ifdef __cplusplus
}
#endif

#endif
