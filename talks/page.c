/* SPDX-License-Identifier: MIT */
#include "talks/page.h"

#include "blocking/worker.h"

#include <errno.h>
#include <stdio.h>

/* ---- what is printed ---- */

static int append_line(struct buffer *out, struct slice target,
                       enum fetch_error error, int status, struct slice body)
{
    int failed = buffer_print(out, "%.*s  ", (int)target.size, target.data);
    if (failed)
        return failed;
    if (error)
        return buffer_append_text(out, fetch_error_sentence(error));
    while (body.size && body.data[body.size - 1] == '\n')
        body.size--;
    return buffer_print(out, "%d %.*s", status, (int)body.size, body.data);
}

static void print_line(const struct talk_page *page, enum fetch_error error,
                       int status, const struct buffer *body)
{
    struct buffer line = {0};
    if (!append_line(&line, slice_of(page->target), error, status,
                     buffer_slice(body)))
        printf("%d  %.*s\n", page->number, (int)line.size, line.data);
    buffer_deinit(&line);
}

void talk_print_result(const struct talk_page *page,
                       const struct result *result)
{
    print_line(page, result->error, result->status, &result->body);
}

void talk_pages_print(const struct talk *talk)
{
    for (int i = 0; i < talk->page_count; i++) {
        const struct talk_page *page = &talk->pages[i];
        if (exchange_is_done(&page->exchange))
            print_line(page, page->exchange.error,
                       page->exchange.response.status, &page->body);
    }
}

/* ---- pages ---- */

static int make_request(struct request *request, const struct talk *talk,
                        struct slice target)
{
    struct buffer text = {0};
    struct url url = {0};
    int error = buffer_print(&text, "http://127.0.0.1:%d%.*s",
                             talk->origin.port, (int)target.size, target.data);
    if (!error && url_parse(&url, text.data))
        error = -EINVAL;
    if (!error)
        error = request_init(request, METHOD_GET, &url, NULL,
                             (struct slice){NULL, 0});
    url_deinit(&url);
    buffer_deinit(&text);
    return error;
}

static int page_init(struct talk_page *page, const struct talk *talk,
                     int number)
{
    *page = (struct talk_page){
        .talk = talk, .number = number, .target = talk_sites[number - 1]};
    exchange_init(&page->exchange, &call_default_options.limits);
    int error = make_request(&page->request, talk, slice_of(page->target));
    if (!error)
        exchange_start(&page->exchange, &page->request, false, &page->body);
    return error;
}

int talk_pages_init(struct talk *talk)
{
    int error = 0;
    while (!error && talk_sites[talk->page_count]) {
        if (talk->page_count == TALK_PAGES_MAX)
            return -E2BIG;
        struct talk_page *page = &talk->pages[talk->page_count++];
        error = page_init(page, talk, talk->page_count);
    }
    return error;
}

void talk_pages_deinit(struct talk *talk)
{
    for (int i = 0; i < talk->page_count; i++) {
        exchange_deinit(&talk->pages[i].exchange);
        request_deinit(&talk->pages[i].request);
        buffer_deinit(&talk->pages[i].body);
    }
}

int talk_http_get(const struct talk *talk, struct slice target,
                  struct buffer *line)
{
    struct request request = {0};
    struct blocking_worker worker;
    int error = make_request(&request, talk, target);
    if (error)
        return error;
    error = blocking_worker_init(&worker, &call_default_options, NULL, 0);
    if (!error) {
        struct job job = {.request = &request};
        const struct result *result = blocking_fetch(&worker, &job);
        error = append_line(line, target, result->error, result->status,
                            buffer_slice(&result->body));
        blocking_worker_deinit(&worker);
    }
    request_deinit(&request);
    return error;
}

int talk_page_get(struct talk_page *page)
{
    buffer_clear(&page->body);
    return talk_http_get(page->talk, slice_of(page->target), &page->body);
}

void talk_page_print(const struct talk_page *page)
{
    printf("%d  %.*s\n", page->number, (int)page->body.size, page->body.data);
}
