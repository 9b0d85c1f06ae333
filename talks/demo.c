/* SPDX-License-Identifier: MIT */
#include "talks/demo.h"

void demo_print_head(const struct agent_response *response)
{
    const char *name, *value;
    printf("status: %d\n", response->status);
    for (size_t at = 0; headers_next(response->headers, &at, &name, &value);)
        if (!slice_equal_nocase(slice_of(name), slice_of("Date")))
            printf("%s: %s\n", name, value);
}

struct outcome demo_deliver_body(struct demo *demo, struct outcome response,
                                 const struct protocol_ops *ops)
{
    struct deferred *finished = deferred_new(NULL);
    if (!finished) {
        outcome_drop(response);
        return outcome_failure(&failure_no_memory);
    }
    demo->finished = finished;
    demo->protocol.ops = ops;
    agent_deliver_body(response, &demo->protocol);
    return outcome_deferred(finished);
}

static struct outcome begin(struct reactor *reactor, void *context)
{
    struct demo *demo = context;
    struct buffer url = {0};
    struct deferred *d = NULL;
    if (!talk_url(demo->talk, talk_sites[0], &url))
        d = agent_request(reactor, METHOD_GET, url.data);
    buffer_deinit(&url);
    if (!d)
        return outcome_failure(&failure_no_memory);
    deferred_add_callback(d, demo->request, demo);
    deferred_add_both(d, demo->shutdown, demo);
    return outcome_deferred(d);
}

int demo_run(struct talk *talk, deferred_fn *request, deferred_fn *shutdown)
{
    struct demo demo = {.talk = talk, .request = request, .shutdown = shutdown};
    return task_react(begin, &demo) ? -EIO : 0;
}
