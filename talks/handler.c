/* SPDX-License-Identifier: MIT */
#include "talks/handler.h"

#include "base/output.h"

#include <errno.h>
#include <stdlib.h>

enum { VISITORS = 2 };

struct site {
    struct http_server server;
    struct talk *talk;
    generator_resume *get;
    struct reactor reactor;
    int visitors;
};

/* ---- the client: a fetch with a callback ---- */

static struct outcome body_of(struct result *result)
{
    struct buffer body = result->body;
    if (result->error)
        return outcome_fail(&fetch_error_type, (int)result->error, "%s",
                            fetch_error_sentence(result->error));
    result->body = (struct buffer){0};
    return outcome_from_bytes(body);
}

static void on_fetched(struct callback_client *client)
{
    struct handler *handler = container_of(client, struct handler, client);
    runner_call(handler->callback, body_of(call_result(&client->base.call)));
}

void handler_fetch(void *context, struct runner_callback *callback)
{
    struct handler *handler = context;
    handler->callback = callback;
    callback_client_start(&handler->client,
                          &handler->site->talk->pages[0].request);
}

/* ---- the server: a request is a generator ---- */

void handler_render(struct handler *handler, const char *format,
                    const struct outcome *bytes)
{
    struct buffer page = {0};
    struct http_request *request = handler->request;
    handler->request = NULL;
    if (buffer_print(&page, format, outcome_bytes(bytes)->data))
        http_request_refuse(request, 500, NULL);
    else
        http_request_answer(request, 200, "text/html", buffer_slice(&page));
    buffer_deinit(&page);
}

static void on_ended(struct runner *runner, struct outcome outcome)
{
    struct handler *handler = container_of(runner, struct handler, runner);
    if (handler->request)
        http_request_refuse(handler->request, 500, NULL);
    outcome_drop(outcome);
    callback_client_deinit(&handler->client);
    free(handler);
}

static void handle_request(struct http_server *server,
                           struct http_request *request)
{
    struct site *site = container_of(server, struct site, server);
    struct handler *handler = calloc(1, sizeof *handler);
    if (!handler) {
        http_request_refuse(request, 503, NULL);
        return;
    }
    handler->site = site;
    handler->request = request;
    callback_client_init(&handler->client, &site->reactor.calls,
                         &call_default_options, on_fetched);
    runner_start(&handler->runner, frame_init(&handler->frame, site->get),
                 on_ended);
}

/* ---- visitors ---- */

static struct outcome tell(void *context, struct outcome page)
{
    struct site *site = context;
    struct buffer line = {0};
    outcome_print(&page, &line);
    outcome_drop(page);
    printf("a visitor gets %.*s\n", (int)line.size, line.data);
    buffer_deinit(&line);
    if (--site->visitors == 0)
        http_server_close(&site->server);
    return outcome_none();
}

static int visit(struct site *site, const char *url)
{
    struct deferred *page = deferred_get_page(&site->reactor, url);
    if (!page)
        return -ENOMEM;
    site->visitors++;
    deferred_add_both(page, tell, site);
    deferred_detach(page);
    return 0;
}

static int be_visited(struct site *site)
{
    struct address address;
    char url[64];
    int error = stream_server_address(&site->server.listener, &address);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/",
             ntohs(address.socket.ipv4.sin_port));
    if (site->talk->stays)
        puts(url);
    else
        for (int i = 0; !error && i < VISITORS; i++)
            error = visit(site, url);
    if (!error)
        error = output_flush();
    return error ? error : loop_run(site->reactor.loop);
}

/* ---- the program ---- */

static int serve(struct site *site)
{
    struct address here;
    address_from_literal(&here, "127.0.0.1", 0);
    int error =
        http_server_listen(&site->server, &site->reactor.transports, &here);
    return error ? error : be_visited(site);
}

int handler_serve(struct talk *talk, generator_resume *get)
{
    struct site site = {
        .server.handle_request = handle_request, .talk = talk, .get = get};
    struct loop *loop;
    int error = loop_new(&loop, &epoll_selector, &monotonic_clock);
    if (error)
        return error;
    error = reactor_init(&site.reactor, loop);
    if (!error) {
        error = serve(&site);
        reactor_deinit(&site.reactor);
    }
    loop_free(loop);
    return error;
}
