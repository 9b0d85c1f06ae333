/* SPDX-License-Identifier: MIT */
/* The slide's HttpClient (row A5) without its methods: what __init__ does, and
 * that one can see which methods are called. */
#ifndef TALKS_HTTP_CLIENT_H
#define TALKS_HTTP_CLIENT_H

#include "nonblocking/asyncore.h"
#include "talks/talk.h"

struct http_client {
    struct dispatcher dispatcher; /* the base class, and the first member */
    struct talk_page *page;
};

/* A client for each page of the talk, all in one map. */
struct http_clients {
    struct http_client list[TALK_PAGES_MAX];
    struct socket_map map;
};

/* The subclass with these methods. What else happens the base class reports as
 * a warning, which is printed behind the number of the page. */
struct dispatcher_methods
http_client_class(bool (*writable)(struct dispatcher *self),
                  int (*handle_write)(struct dispatcher *self),
                  int (*handle_read)(struct dispatcher *self));

/* Each is on its way to the server afterwards; `methods` is borrowed. 0 or a
 * negative errno; deinitialise in both cases. */
int http_clients_init(struct http_clients *clients,
                      const struct dispatcher_methods *methods,
                      struct talk *talk);
void http_clients_deinit(struct http_clients *clients);

/* The page of this client. A method that says its name has it printed; NULL
 * prints nothing. */
struct exchange *http_client_page(struct dispatcher *self, const char *method);

#endif
