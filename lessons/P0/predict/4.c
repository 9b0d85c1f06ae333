/* SPDX-License-Identifier: MIT */
/* Ten pages one after another, 20 ms each: the time by the clock, and the time
 * for which this program has computed. */
#include "base/clock.h"
#include "blocking/sequential.h"
#include "harness/origin/origin.h"
#include "http/page_list.h"

#include <stdio.h>
#include <time.h>

enum { PAGES = 10 };

static nanos computed(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * NANOS_PER_SECOND + time.tv_nsec;
}

static void print_time(const char *what, nanos time)
{
    printf("  %-12s%8.3f s\n", what, (double)time / (double)NANOS_PER_SECOND);
}

static int fetch_all(const struct request *request)
{
    const struct request *requests[PAGES];
    struct page_list pages;
    for (int i = 0; i < PAGES; i++)
        requests[i] = request;
    int error =
        page_list_init(&pages, requests, PAGES, 1, &call_default_options, NULL);
    if (error)
        return error;
    nanos start = monotonic_now(), work = computed();
    error = sequential_model.run(&pages.batch);
    printf("%zu pages, one after another, from a server that takes 20 ms:\n",
           pages.finished);
    print_time("by the clock", monotonic_now() - start);
    print_time("computing", computed() - work);
    page_list_deinit(&pages);
    return error;
}

int main(void)
{
    struct origin_options options = {0};
    struct origin_process origin;
    struct request request;
    struct url url;
    char text[64];

    if (origin_process_start(&origin, &options)) {
        fputs("no server\n", stderr);
        return 1;
    }
    snprintf(text, sizeof text, "http://127.0.0.1:%d/bytes/1000?delay=20ms",
             origin.port);
    int error = url_parse(&url, text) != URL_OK;
    if (!error) {
        error = request_init(&request, METHOD_GET, &url, NULL,
                             (struct slice){NULL, 0});
        url_deinit(&url);
    }
    if (!error) {
        error = fetch_all(&request);
        request_deinit(&request);
    }
    origin_process_stop(&origin);
    return error ? 1 : 0;
}
