/* SPDX-License-Identifier: MIT */
/* E5 (callbacks): A server says hello to the quick while others dawdle
 *
 * The slide inherits from the library's HTTP protocol and overrides one method,
 * handle_request. Browsers and curl get the page, and so does a client that
 * takes twelve seconds to ask for it.
 *
 * Python: Tulip's ServerHttpProtocol, aiohttp's web.Application since. */
#include "talks/visit.h"

const char *const talk_sites[] = {NULL};

static void handle_request(struct http_server *server,
                           struct http_request *request)
{
    (void)server;
    if (!slice_equal(request->target, slice_of("/")))
        http_request_refuse(request, 404, NULL);
    else if (http_request_allows(request, "GET, HEAD"))
        http_request_answer(request, 200, "text/html",
                            slice_of("<h1>Hello, world!</h1>\n"));
}

int talk_run(struct talk *talk)
{
    struct http_server server = {.handle_request = handle_request};
    struct transports shared;
    struct address here;
    address_from_literal(&here, "127.0.0.1", 0);
    int error = transports_init(&shared, talk->loop);
    if (!error)
        error = http_server_listen(&server, &shared, &here);
    if (!error)
        error = talk_visit(talk, &server);
    transports_deinit(&shared);
    return error;
}
