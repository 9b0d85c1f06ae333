/* SPDX-License-Identifier: MIT */
/* The slide's HttpClientFactory (row A6): a factory with a Deferred `done`, and
 * one client. */
#ifndef TALKS_LINE_CLIENT_H
#define TALKS_LINE_CLIENT_H

#include "deferreds/connector.h"
#include "deferreds/line_receiver.h"
#include "talks/deferred.h"

struct line_client_factory;

/* Its client has these methods. It frees itself when it stops. NULL: no memory.
 */
struct line_client_factory *
line_client_factory_new(const struct line_receiver_ops *client);

/* connectTCP to that port of this machine. Takes the factory over, and returns
 * its `done`: pending, or a failure. */
struct outcome line_client_connect(struct line_client_factory *factory,
                                   struct reactor *reactor, uint16_t port);

/* The client's connection_lost: the factory's Deferred fires. */
void line_client_done(struct line_receiver *client, int error);

#endif
