/* SPDX-License-Identifier: MIT */
/* A page at a port at which no server listens, fetched by the lab's own client
 * of callbacks. */
#include "callbacks/callbacks.h"

#include <stdio.h>

static void on_done(struct callback_client *client)
{
    printf("done: %s\n",
           fetch_error_word(call_result(&client->base.call)->error));
}

static void fetch_one(struct client_calls *calls, struct request *request)
{
    struct callback_client client;
    callback_client_init(&client, calls, &call_default_options, on_done);
    callback_client_start(&client, request);
    puts("started");
    loop_run(calls->loop);
    callback_client_deinit(&client);
}

int main(void)
{
    struct loop *loop;
    struct client_calls calls;
    struct url url = {0};
    struct request request;
    struct slice nothing = {NULL, 0};
    if (url_parse(&url, "http://127.0.0.1:1/") ||
        request_init(&request, METHOD_GET, &url, NULL, nothing) ||
        loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    if (!client_calls_init(&calls, loop)) {
        fetch_one(&calls, &request);
        client_calls_deinit(&calls);
    }
    loop_free(loop);
    request_deinit(&request);
    url_deinit(&url);
    return 0;
}
