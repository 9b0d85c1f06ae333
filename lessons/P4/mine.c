/* SPDX-License-Identifier: MIT */
/* Makes a contestant of the learner's client: a page is an http_client, and so
 * many of them are in one loop. It is a subclass once more, which reports to
 * the call what the client does. No limits of time, no connection used again;
 * a name is looked up in the loop and holds all others up meanwhile; and of a
 * connection that broke asyncore only tells that it is closed. */
#include "base/clock.h"
#include "blocking/lookup.h"
#include "http/model.h"
#include "lessons/P4/asyncore.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A client that is not finished yet does nothing for ever: not here. */
static const nanos patience = 10 * NANOS_PER_SECOND;
enum { PASS_MILLISECONDS = 1000 };

struct mine;

struct page {
    struct http_client http; /* the base class */
    struct mine *mine;
    struct call call;
    size_t index;
    bool busy, open, connected;
    struct page *next; /* in one of the lists of struct mine */
};

struct mine {
    struct batch *batch;
    struct dispatcher_methods base, methods;
    struct socket_map map;
    struct page *pages, *idle;
    struct page *closed; /* in this pass */
    size_t busy;
    nanos last; /* when the last page was finished */
};

static struct page *page_of(struct dispatcher *self)
{
    return (struct page *)(void *)self;
}

static bool is_transferring(const struct page *page)
{
    return call_need(&page->call) == CALL_NEEDS_TRANSFER;
}

/* ---- the methods: the base class's, and a report ---- */

static int page_handle_connect(struct dispatcher *self)
{
    struct page *page = page_of(self);
    page->connected = true;
    call_connected(&page->call, NULL, monotonic_now());
    return page->mine->base.handle_connect(self);
}

static int page_handle_write(struct dispatcher *self)
{
    struct page *page = page_of(self);
    size_t before = page->http.write_buffer.size;
    int error = page->mine->base.handle_write(self);
    size_t sent = before - page->http.write_buffer.size;
    if (sent > 0 && is_transferring(page))
        call_sent(&page->call, (ssize_t)sent, monotonic_now());
    if (page->http.write_buffer.size == 0 && is_transferring(page))
        page->http.write_buffer = call_output(&page->call); /* a large body */
    return error;
}

static int page_handle_read(struct dispatcher *self)
{
    struct page *page = page_of(self);
    int error = page->mine->base.handle_read(self);
    struct buffer *in = &page->http.read_buffer;
    if (in->size > 0 && is_transferring(page))
        call_received(&page->call, in->data, (ssize_t)in->size,
                      monotonic_now());
    buffer_clear(in);
    if (!error && self->fd >= 0 && !is_transferring(page))
        return self->methods->handle_close(self); /* the page is whole */
    return error;
}

static int page_handle_close(struct dispatcher *self)
{
    struct page *page = page_of(self);
    int error = page->mine->base.handle_close(self);
    if (page->open && self->fd < 0) {
        page->open = false;
        page->next = page->mine->closed;
        page->mine->closed = page;
    }
    return error;
}

static void define_methods(struct mine *mine)
{
    mine->base = mine->methods = http_client_class();
    mine->methods.handle_connect = page_handle_connect;
    mine->methods.handle_write = page_handle_write;
    mine->methods.handle_read = page_handle_read;
    mine->methods.handle_close = page_handle_close;
}

/* ---- for each hop: resolve, connect, transfer ---- */

static void resolve(struct page *page)
{
    struct addresses addresses;
    int code = lookup_host(&addresses, call_endpoint(&page->call));
    if (code)
        call_fail(&page->call, FETCH_NO_HOST, code, monotonic_now());
    else
        call_resolved(&page->call, &addresses, monotonic_now());
}

/* The connection is gone: does the call know why? */
static void report_end(struct page *page, int error)
{
    if (!page->connected)
        call_connect_failed(&page->call, error ? error : -ECONNRESET,
                            monotonic_now());
    else if (is_transferring(page))
        call_received(&page->call, NULL, error, monotonic_now());
}

/* On its way: true. */
static bool start_connect(struct page *page)
{
    struct http_client *http = &page->http;
    struct slice request = buffer_slice(&page->call.request->wire[0]);
    buffer_deinit(&http->read_buffer);
    http_client_init(http, &page->mine->methods, &page->mine->map, request);
    page->connected = false;
    int error =
        dispatcher_connect(&http->dispatcher, call_address(&page->call));
    page->open = !error;
    if (error)
        report_end(page, error);
    return !error;
}

static void finish(struct page *page)
{
    struct mine *mine = page->mine;
    mine->last = monotonic_now();
    mine->busy--;
    page->busy = false;
    page->next = mine->idle;
    mine->idle = page;
    batch_done(mine->batch, page->index, call_result(&page->call));
}

static void hop(struct page *page)
{
    while (call_need(&page->call) != CALL_IS_DONE) {
        if (call_need(&page->call) == CALL_NEEDS_ADDRESSES)
            resolve(page);
        else if (start_connect(page))
            return;
    }
    finish(page);
}

/* ---- the run ---- */

static void fill(struct mine *mine)
{
    struct job job;
    while (mine->idle && batch_next(mine->batch, &job)) {
        struct page *page = mine->idle;
        mine->idle = page->next;
        mine->busy++;
        page->busy = true;
        page->index = job.index;
        call_start(&page->call, job.request, job.index, monotonic_now());
        hop(page);
    }
}

static void fail_all(struct mine *mine, enum fetch_error reason, int detail)
{
    for (size_t i = 0; i < mine->batch->concurrency; i++) {
        struct page *page = &mine->pages[i];
        if (!page->busy)
            continue;
        dispatcher_close(&page->http.dispatcher);
        call_fail(&page->call, reason, detail, monotonic_now());
        finish(page);
    }
}

/* What comes next begins after the pass, not within. */
static void pass(struct mine *mine)
{
    int error = asyncore_loop(&mine->map, PASS_MILLISECONDS, 1);
    while (mine->closed) {
        struct page *page = mine->closed;
        mine->closed = page->next;
        report_end(page, page->http.dispatcher.error);
        hop(page);
    }
    if (error)
        fail_all(mine, FETCH_SYSTEM, error);
    else if (monotonic_now() - mine->last > patience)
        fail_all(mine, FETCH_TIMEOUT, 0);
}

static void make_pages(struct mine *mine)
{
    for (size_t i = 0; i < mine->batch->concurrency; i++) {
        struct page *page = &mine->pages[i];
        page->mine = mine;
        page->next = mine->idle;
        mine->idle = page;
        call_init(&page->call, mine->batch->options);
        page->call.doer = (struct doer){
            .pid = getpid(), .thread = gettid(), .slot = (unsigned)i};
    }
}

static void work_through(struct mine *mine)
{
    define_methods(mine);
    make_pages(mine);
    mine->last = monotonic_now();
    fill(mine);
    while (mine->busy > 0) {
        pass(mine);
        fill(mine);
    }
    for (size_t i = 0; i < mine->batch->concurrency; i++) {
        call_deinit(&mine->pages[i].call);
        buffer_deinit(&mine->pages[i].http.read_buffer);
    }
}

static int run(struct batch *batch)
{
    int error = -ENOMEM;
    struct mine *mine = calloc(1, sizeof *mine);
    if (!mine)
        return error;
    mine->pages = calloc(batch->concurrency, sizeof *mine->pages);
    if (mine->pages) {
        mine->batch = batch;
        work_through(mine);
        error = 0;
    }
    free(mine->pages);
    free(mine);
    return error;
}

const struct model *models_mine(void);

const struct model *models_mine(void)
{
    static const struct model mine = {
        .name = "mine",
        .family = "nonblocking",
        .summary = "your asyncore: every object is asked in every pass",
        .can = CAN_OVERLAP | CAN_REDIRECT,
        .run = run,
    };
    return &mine;
}
