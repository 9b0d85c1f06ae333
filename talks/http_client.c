/* SPDX-License-Identifier: MIT */
#include "talks/http_client.h"

#include "base/container_of.h"

#include <stdio.h>

static struct talk_page *page_of(struct dispatcher *self)
{
    return container_of(self, struct http_client, dispatcher)->page;
}

struct exchange *http_client_page(struct dispatcher *self, const char *method)
{
    if (method)
        printf("%d  %s\n", page_of(self)->number, method);
    return &page_of(self)->exchange;
}

/* ---- the class ---- */

static void print_info(struct dispatcher *self, const char *message,
                       const char *type)
{
    printf("%d  %s: %s\n", page_of(self)->number, type, message);
}

struct dispatcher_methods
http_client_class(bool (*writable)(struct dispatcher *self),
                  int (*handle_write)(struct dispatcher *self),
                  int (*handle_read)(struct dispatcher *self))
{
    struct dispatcher_methods methods = dispatcher_defaults;
    methods.writable = writable;
    methods.handle_write = handle_write;
    methods.handle_read = handle_read;
    methods.log_info = print_info;
    return methods;
}

/* ---- its objects ---- */

int http_clients_init(struct http_clients *clients,
                      const struct dispatcher_methods *methods,
                      struct talk *talk)
{
    int error = 0;
    *clients = (struct http_clients){0};
    for (int i = 0; !error && i < talk->page_count; i++) {
        struct http_client *client = &clients->list[i];
        client->page = &talk->pages[i];
        dispatcher_init(&client->dispatcher, methods, &clients->map);
        error =
            dispatcher_create_socket(&client->dispatcher, AF_INET, SOCK_STREAM);
        if (!error)
            error = dispatcher_connect(&client->dispatcher,
                                       &client->page->request.address);
    }
    return error;
}

void http_clients_deinit(struct http_clients *clients)
{
    asyncore_close_all(&clients->map, true);
    socket_map_deinit(&clients->map);
}
