/* SPDX-License-Identifier: MIT */
/* The whole body as one value: a protocol that collects it, and a Deferred. */
#include "callbacks/wait_shape.h"
#include "deferreds/agent.h"
#include "deferreds/page.h"

#include <errno.h>
#include <stdlib.h>

struct collector {
    struct deferred deferred;
    struct protocol protocol;
    struct buffer body;
    int error;
};

static void on_data(struct protocol *protocol, struct slice data)
{
    struct collector *collector =
        container_of(protocol, struct collector, protocol);
    if (!collector->error)
        collector->error =
            buffer_append(&collector->body, data.data, data.size);
}

static void on_lost(struct protocol *protocol, int error)
{
    struct collector *collector =
        container_of(protocol, struct collector, protocol);
    struct outcome outcome;
    error = error ? error : collector->error;
    if (error) {
        outcome =
            outcome_fail(&response_failed_type, error, "the body is not whole");
    } else {
        outcome = outcome_from_bytes(collector->body);
        collector->body = (struct buffer){0};
    }
    deferred_fire(&collector->deferred, outcome);
}

static void agent_body_release(struct deferred *deferred)
{
    struct collector *collector =
        container_of(deferred, struct collector, deferred);
    buffer_deinit(&collector->body);
    free(collector);
}
WAIT_SHAPE_BY(agent_body_release, "the body of an answer", struct collector,
              deferred, WAIT_PART(WAIT_NOTHING, struct collector, protocol));

/* True: cancelling does not stop the reading, whose end fires the Deferred. */
static bool give_up(struct deferred *deferred)
{
    (void)deferred;
    return true;
}

struct deferred *agent_read_body(struct outcome response)
{
    static const struct protocol_ops ops = {.data_received = on_data,
                                            .connection_lost = on_lost};
    struct collector *collector = calloc(1, sizeof *collector);
    if (!collector) {
        outcome_drop(response);
        return NULL;
    }
    deferred_init(&collector->deferred, give_up);
    collector->deferred.release = agent_body_release;
    collector->protocol.ops = &ops;
    agent_deliver_body(response, &collector->protocol);
    return &collector->deferred;
}
