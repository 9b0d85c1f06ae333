/* SPDX-License-Identifier: MIT */
/* A5 (nonblocking): asyncore, where a socket is an object
 *
 * A client is an object: it says whether it would like to write, and has
 * methods for what may happen. One loop asks all of them, waits, and calls.
 *
 * Python: a subclass of asyncore.dispatcher, and asyncore.loop(). */
#include "talks/http_client.h"

const char *const talk_sites[] = {"/hold?until=2&for=20s",
                                  "/hold?until=2&for=20s", NULL};

static bool writable(struct dispatcher *self)
{
    return exchange_wants(http_client_page(self, NULL)) & WANTS_WRITE;
}

static int handle_write(struct dispatcher *self)
{
    struct exchange *page = http_client_page(self, "handle_write");
    struct slice out = exchange_output(page);
    exchange_sent(page, dispatcher_send(self, out.data, out.size));
    return 0;
}

static int handle_read(struct dispatcher *self)
{
    struct exchange *page = http_client_page(self, "handle_read");
    char bytes[8192];
    ssize_t count = dispatcher_recv(self, bytes, sizeof bytes);
    if (count > 0)
        exchange_received(page, bytes, count);
    return 0;
}

int talk_run(struct talk *talk)
{
    struct dispatcher_methods methods =
        http_client_class(writable, handle_write, handle_read);
    struct http_clients clients;
    int error = http_clients_init(&clients, &methods, talk);
    error = error ? error : asyncore_loop(&clients.map, NEVER, true, 0);
    http_clients_deinit(&clients);
    return error;
}
