/* SPDX-License-Identifier: MIT */
/* What row B3's handler needs and the slide does not show: a web server in
 * which each request is a generator under a Runner, and a client that fetches a
 * page and calls back. Tornado's RequestHandler and AsyncHTTPClient. */
#ifndef TALKS_HANDLER_H
#define TALKS_HANDLER_H

#include "callbacks/callbacks.h"
#include "callbacks/http_server.h"
#include "coroutines/frame.h"
#include "coroutines/yield_point.h"
#include "deferreds/page.h"
#include "talks/talk.h"

struct site;

/* A request that is being answered: lives as long as its generator. */
struct handler {
    struct frame frame;
    struct task_point task;
    struct site *site;
    struct http_request *request; /* NULL: it has been answered */

    /* private */
    struct runner runner;
    struct callback_client client;
    struct runner_callback *callback; /* of what the client fetches */
};

/* A gen_function, to be given the handler: fetches the talk's first page, and
 * calls back with its body, as bytes (deferreds/page.h), or with a failure. */
void handler_fetch(void *handler, struct runner_callback *callback);

/* Answers the request with a page of HTML. The format has one %s, for the text.
 */
void handler_render(struct handler *handler, const char *format,
                    const struct outcome *bytes)
    __attribute__((format(printf, 2, 0)));

/* Serves, on a loop that really waits: `get` is the generator of a request. One
 * that fails, or does not render, is answered with 500. Two visitors come at
 * the same time, what they are told is printed, and then the server closes;
 * with --stay it prints its URL and serves all that come until Ctrl-C. 0 or a
 * negative errno. */
int handler_serve(struct talk *talk, generator_resume *get);

#endif
