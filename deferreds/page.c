/* SPDX-License-Identifier: MIT */
#include "deferreds/page.h"

#include "callbacks/callbacks.h"
#include "callbacks/wait_shape.h"
#include "http/response.h"

#include <stdlib.h>

/* The same as Twisted's. */
enum { REDIRECTS_MAX = 20 };

const struct failure_type page_error_type = {"Error", NULL};
const struct failure_type fetch_error_type = {"FetchError", NULL};

/* ---- bytes ---- */

static void bytes_drop(struct outcome outcome)
{
    buffer_deinit(outcome.pointer);
    free(outcome.pointer);
}

static struct outcome bytes_share(const struct outcome *outcome)
{
    struct buffer *from = outcome->pointer, copy = {0};
    if (buffer_append(&copy, from->data, from->size))
        return outcome_failure(&failure_no_memory);
    return outcome_from_bytes(copy);
}

static void bytes_print(const struct outcome *outcome, struct buffer *out)
{
    struct outcome text = outcome_text(outcome_bytes(outcome)->data);
    outcome_print(&text, out);
}

const struct kind bytes_kind = {"bytes", bytes_drop, bytes_share, bytes_print};

struct outcome outcome_from_bytes(struct buffer bytes)
{
    struct buffer *kept = malloc(sizeof *kept);
    if (!kept || buffer_terminate(&bytes)) {
        free(kept);
        buffer_deinit(&bytes);
        return outcome_failure(&failure_no_memory);
    }
    *kept = bytes;
    return outcome_value(&bytes_kind, kept);
}

/* ---- a page ---- */

struct page {
    struct deferred deferred;
    struct callback_client client;
    struct call_options options;
    struct request request;
    bool started;
};

static struct outcome take_body(struct result *result)
{
    struct buffer body = result->body;
    result->body = (struct buffer){0};
    return outcome_from_bytes(body);
}

static struct outcome outcome_of(struct result *result)
{
    if (result->error == FETCH_CANCELLED)
        return outcome_failure(&failure_cancelled);
    if (result->error == FETCH_NO_MEMORY)
        return outcome_failure(&failure_no_memory);
    bool late = result->error == FETCH_TIMEOUT ||
                result->error == FETCH_CONNECT_TIMEOUT;
    if (result->error)
        return outcome_fail(late ? &timeout_type : &fetch_error_type,
                            (int)result->error, "%s",
                            fetch_error_sentence(result->error));
    if (result->status >= 200 && result->status < 300)
        return take_body(result);
    return outcome_detailed(outcome_fail(&page_error_type, result->status,
                                         "%d %s", result->status,
                                         response_reason(result->status)),
                            take_body(result));
}

static void on_done(struct callback_client *client)
{
    struct page *page = container_of(client, struct page, client);
    deferred_fire(&page->deferred, outcome_of(call_result(&client->base.call)));
}

static bool give_up(struct deferred *deferred)
{
    callback_client_cancel(
        &container_of(deferred, struct page, deferred)->client);
    return false;
}

static void page_free(struct deferred *deferred)
{
    struct page *page = container_of(deferred, struct page, deferred);
    if (page->started)
        callback_client_deinit(&page->client);
    request_deinit(&page->request);
    free(page);
}
WAIT_SHAPE_BY(page_free, "a page", struct page, deferred,
              WAIT_PART(WAIT_WATCH, struct page, client.base.watch),
              WAIT_PART(WAIT_ON, struct page, client.base.resolution.query),
              WAIT_PART(WAIT_TIMER, struct page, client.base.end));

/* Returns a failure, or None when the page is under way. */
static struct outcome start_page(struct page *page, struct reactor *reactor,
                                 const char *text)
{
    struct url url = {0};
    enum url_error bad = url_without_tls(&url, url_parse(&url, text));
    int error = 0;
    if (!bad)
        error = request_init(&page->request, METHOD_GET, &url, NULL,
                             (struct slice){NULL, 0});
    url_deinit(&url);
    if (bad)
        return outcome_fail(&fetch_error_type, FETCH_BAD_URL, "%s",
                            url_error_sentence(bad));
    if (error)
        return outcome_errno(error);
    page->options = call_default_options;
    page->options.redirects_max = REDIRECTS_MAX;
    callback_client_init(&page->client, &reactor->calls, &page->options,
                         on_done);
    page->started = true;
    callback_client_start(&page->client, &page->request);
    return outcome_none();
}

struct deferred *deferred_get_page(struct reactor *reactor, const char *url)
{
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return NULL;
    deferred_init(&page->deferred, give_up);
    page->deferred.release = page_free;
    struct outcome outcome = start_page(page, reactor, url);
    if (!outcome_is_none(&outcome))
        deferred_fire(&page->deferred, outcome);
    return &page->deferred;
}
