/* SPDX-License-Identifier: MIT */
/* E3 (coroutines): The same page by Futures and their callbacks
 *
 * A Future is not a chain: each callback takes the result out of its Future and
 * has to start the next step itself. The end is another Future, which the last
 * callback sets.
 *
 * Python: f.add_done_callback, and f.result() in each of them. */
#include "talks/download.h"

const char *const talk_sites[] = {"/status/200", NULL};

static void on_body(void *context, struct future *body)
{
    struct download *download = context;
    struct outcome got = awaitable_take(&body->awaitable);
    if (!outcome_is_failure(&got))
        printf("body: %s", outcome_bytes(&got)->data);
    future_finish(download->finished, got);
}

static void on_response(void *context, struct future *response)
{
    struct download *download = context;
    struct outcome got = awaitable_take(&response->awaitable);
    if (outcome_is_failure(&got)) {
        future_finish(download->finished, got);
        return;
    }
    demo_print_head(outcome_response(&got));
    talk_add_done_callback(download_read(download, got), on_body, download);
}

static struct outcome begin(struct download *download)
{
    talk_add_done_callback(download_request(download), on_response, download);
    download->finished = future_new(download->reactor->loop);
    return outcome_pending(&download->finished->awaitable);
}

int talk_run(struct talk *talk)
{
    return download_run(talk, begin);
}
