/* SPDX-License-Identifier: MIT */
/* E5 (coroutines): A server says hello to the quick while others dawdle
 *
 * The slide inherits from the library's HTTP protocol and overrides one method,
 * handle_request; here so in callbacks, and with a Task for each connection.
 * Browsers and curl get the page, and so does a client that takes twelve
 * seconds to ask for it.
 *
 * Python: Tulip's ServerHttpProtocol, aiohttp's web.Application. See --stay. */
#include "talks/visit.h"

const char *const talk_sites[] = {NULL};

static const char hello[] = "<h1>Hello, world!</h1>\n";

static void handle_request(struct http_server *server,
                           struct http_request *request)
{
    (void)server;
    if (!slice_equal(request->target, slice_of("/")))
        http_request_refuse(request, 404, NULL);
    else if (http_request_allows(request, "GET, HEAD"))
        http_request_answer(request, 200, "text/html", slice_of(hello));
}

static int answer(struct page_server *server, const struct message *request,
                  struct buffer *page)
{
    (void)server;
    bool found = slice_equal(message_target(request), slice_of("/"));
    buffer_append_text(page, found ? hello : "Not Found\n");
    return found ? 200 : 404;
}

int talk_run(struct talk *talk)
{
    struct http_server in_callbacks = {.handle_request = handle_request};
    struct page_server with_tasks = {.answer = answer};
    return talk_visit(talk, &in_callbacks, &with_tasks);
}
