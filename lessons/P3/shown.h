/* SPDX-License-Identifier: MIT */
/* For the programs that show something: the solution, whole, so that its parts
 * can be called one by one; and a server in a process of its own, with one page
 * that is asked for many times. */
#ifndef LESSONS_P3_SHOWN_H
#define LESSONS_P3_SHOWN_H

#undef STEP
#define STEP 5
#define SOLVED 5
#include "lessons/P3/conn.c"
#include "lessons/P3/conn_page.c"

#include "harness/origin/origin.h"
#include "http/page_list.h"

#include <stdio.h>

enum { PAGES_MAX = 100 };

struct shown {
    struct origin_process origin;
    struct request request;
    const struct request *requests[PAGES_MAX];
    struct page_list pages;
    struct monster monster;
};

static int shown_ask(struct shown *shown, const char *path, size_t count)
{
    char text[128];
    struct url url = {0};
    snprintf(text, sizeof text, "http://127.0.0.1:%d%s", shown->origin.port,
             path);
    int error = url_parse(&url, text) ? -EINVAL : 0;
    if (!error)
        error = request_init(&shown->request, METHOD_GET, &url, NULL,
                             (struct slice){0});
    url_deinit(&url);
    for (size_t i = 0; i < count; i++)
        shown->requests[i] = &shown->request;
    return error;
}

/* `count` pages, all of them at once: 0, or a negative errno. */
static int shown_init(struct shown *shown, const char *path, size_t count)
{
    *shown = (struct shown){0};
    int error =
        origin_process_start(&shown->origin, &(struct origin_options){0});
    if (!error)
        error = shown_ask(shown, path, count);
    if (!error)
        error = page_list_init(&shown->pages, shown->requests, count, count,
                               &call_default_options, NULL);
    if (!error)
        error = monster_init(&shown->monster, &shown->pages.batch,
                             &monotonic_clock);
    return error;
}

static void shown_deinit(struct shown *shown)
{
    monster_deinit(&shown->monster);
    page_list_deinit(&shown->pages);
    request_deinit(&shown->request);
    origin_process_stop(&shown->origin);
}

#endif
