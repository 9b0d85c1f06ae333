/* SPDX-License-Identifier: MIT */
#include "harness/claims/ticks.h"

#include "base/clock.h"
#include "base/container_of.h"
#include "blocking/worker.h"
#include "callbacks/callbacks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICK (2 * NANOS_PER_MILLISECOND)

static double late_ms(nanos due, nanos now)
{
    return now > due ? nanos_as_milliseconds(now - due) : 0;
}

static void raise_to(double *most, double value)
{
    if (value > *most)
        *most = value;
}

/* ---- pages ---- */

/* Servers fail in many ways: these are reset, silent, not HTTP, cut short, gone
 * and refused. */
static const char *const failing[] = {
    "/reset", "/never", "/garbage", "/lie", "/close", NULL /* no server */
};

enum { WAYS = sizeof failing / sizeof *failing };

static int make_request(struct request *request, uint16_t port,
                        const char *target)
{
    static const struct slice nothing = {0};
    char text[64];
    struct url url = {0};
    snprintf(text, sizeof text, "http://127.0.0.1:%d%s", target ? port : 1,
             target ? target : "/");
    if (url_parse(&url, text) != URL_OK)
        return -EINVAL;
    int error = request_init(request, METHOD_GET, &url, NULL, nothing);
    url_deinit(&url);
    return error;
}

/* ---- a scene: a ticker and pages, on one loop ---- */

struct scene {
    struct loop *loop;
    struct client_calls calls;
    struct call_options options;
    struct handle ticker;
    nanos due, until;
    double late; /* how late the latest tick was, in ms */

    struct page *pages;
    size_t page_count, done, failed;
};

struct page {
    struct callback_client client;
    struct scene *scene;
};

static void on_tick(struct handle *handle)
{
    struct scene *scene = container_of(handle, struct scene, ticker);
    nanos now = monotonic_now();
    raise_to(&scene->late, late_ms(scene->due, now));
    if (now >= scene->until && scene->done == scene->page_count)
        return;
    scene->due = now + TICK;
    loop_call_at(scene->loop, handle, scene->due);
}

static void on_page(struct callback_client *client)
{
    struct page *page = container_of(client, struct page, client);
    const struct result *result = call_result(&client->base.call);
    page->scene->done++;
    page->scene->failed += result->error != FETCH_OK || result->status != 200;
}

static int scene_init(struct scene *scene, size_t pages, int patience_ms)
{
    *scene = (struct scene){.options = call_default_options,
                            .ticker = {.run = on_tick}};
    scene->options.total_timeout = patience_ms * NANOS_PER_MILLISECOND;
    scene->options.keep_body = false;
    scene->pages = calloc(pages + 1, sizeof *scene->pages);
    if (!scene->pages)
        return -ENOMEM;
    int error = loop_new(&scene->loop, &epoll_selector, &monotonic_clock);
    if (!error)
        error = client_calls_init(&scene->calls, scene->loop);
    if (error) {
        loop_free(scene->loop);
        free(scene->pages);
        return error;
    }
    for (; scene->page_count < pages; scene->page_count++) {
        struct page *page = &scene->pages[scene->page_count];
        page->scene = scene;
        callback_client_init(&page->client, &scene->calls, &scene->options,
                             on_page);
    }
    return 0;
}

static void scene_deinit(struct scene *scene)
{
    for (size_t i = 0; i < scene->page_count; i++)
        callback_client_deinit(&scene->pages[i].client);
    client_calls_deinit(&scene->calls);
    loop_free(scene->loop);
    free(scene->pages);
}

/* All pages are begun at one moment, between two ticks. */
static int scene_run(struct scene *scene, const struct request *requests,
                     size_t request_count, int least_ms)
{
    nanos now = monotonic_now();
    scene->until = now + least_ms * NANOS_PER_MILLISECOND;
    scene->due = now + TICK;
    loop_call_at(scene->loop, &scene->ticker, scene->due);
    for (size_t i = 0; i < scene->page_count; i++)
        callback_client_start(&scene->pages[i].client,
                              &requests[i % request_count]);
    int error = loop_run(scene->loop);
    if (!error && scene->done < scene->page_count)
        error = -EIO;
    return error;
}

static int play(const struct request *requests, size_t request_count,
                size_t pages, int least_ms, int patience_ms, double *late,
                double *failed)
{
    struct scene scene;
    int error = scene_init(&scene, pages, patience_ms);
    if (error)
        return error;
    error = scene_run(&scene, requests, request_count, least_ms);
    *late = scene.late;
    *failed = (double)scene.failed;
    scene_deinit(&scene);
    return error;
}

/* ---- the same ticker, between pages that block ---- */

static int play_blocking(const struct request *requests, int patience_ms,
                         double *late)
{
    struct call_options options = call_default_options;
    struct blocking_worker worker;
    options.total_timeout = patience_ms * NANOS_PER_MILLISECOND;
    int error = blocking_worker_init(&worker, &options, NULL, 0);
    if (error)
        return error;
    nanos due = monotonic_now() + TICK;
    for (size_t i = 0; i < WAYS; i++) {
        struct job job = {.index = i, .request = &requests[i]};
        blocking_fetch(&worker, &job);
        nanos now = monotonic_now();
        raise_to(late, late_ms(due, now));
        if (now >= due)
            due = now + TICK;
    }
    blocking_worker_deinit(&worker);
    return 0;
}

/* ---- all scenes ---- */

static int play_all(const struct ticks_size *size,
                    const struct request *requests, const struct request *good,
                    double *values)
{
    double failed = 0;
    int error = play(good, 1, 0, size->quiet_ms, size->patience_ms,
                     &values[LATE_QUIET], &failed);
    if (!error)
        error = play(requests, WAYS, size->failing, size->quiet_ms,
                     size->patience_ms, &values[LATE_FAILURE],
                     &values[PAGES_FAILED]);
    if (!error)
        error = play(good, 1, size->burst, size->quiet_ms, 20000,
                     &values[LATE_BURST], &failed);
    values[PAGES_ANSWERED] = (double)size->burst - failed;
    if (!error)
        error =
            play_blocking(requests, size->patience_ms, &values[LATE_BLOCKING]);
    return error;
}

int ticks_sample(void *context, double *values)
{
    const struct ticks_size *size = context;
    struct request requests[WAYS + 1] = {0};
    int error = make_request(&requests[WAYS], size->port, "/fixed");
    for (size_t i = 0; !error && i < WAYS; i++)
        error = make_request(&requests[i], size->port, failing[i]);
    if (!error)
        error = play_all(size, requests, &requests[WAYS], values);
    for (size_t i = 0; i <= WAYS; i++)
        request_deinit(&requests[i]);
    return error;
}
