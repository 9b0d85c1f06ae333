/* SPDX-License-Identifier: MIT */
/* E1 (deferreds): A page by Twisted's Agent, in callbacks
 *
 * The demo is told of the response when its headers are there, and prints them.
 * A protocol gets the body, and when that is over the last callback is called.
 *
 * Python: Agent.request, response.deliverBody, a Protocol. See --draw, too. */
#include "talks/demo.h"

const char *const talk_sites[] = {"/status/200", NULL};

static void data_received(struct protocol *protocol, struct slice data)
{
    (void)protocol;
    printf("data_received: %.*s", (int)data.size, data.data);
}

static void connection_lost(struct protocol *protocol, int error)
{
    printf("connection_lost: %d\n", error);
    deferred_callback(demo_of(protocol)->finished, outcome_none());
}

static struct outcome cb_request(void *demo, struct outcome response)
{
    static const struct protocol_ops printer = {
        .data_received = data_received, .connection_lost = connection_lost};
    demo_print_head(outcome_response(&response));
    return demo_deliver_body(demo, response, &printer);
}
RUNG_NAME(cb_request);

static struct outcome cb_shutdown(void *demo, struct outcome outcome)
{
    (void)demo;
    puts("cb_shutdown");
    return outcome;
}
RUNG_NAME(cb_shutdown);

int talk_run(struct talk *talk)
{
    return demo_run(talk, cb_request, cb_shutdown);
}
