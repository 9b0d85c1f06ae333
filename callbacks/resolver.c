/* SPDX-License-Identifier: MIT */
#include "callbacks/resolver.h"

#include "base/contract.h"
#include "callbacks/wait_shape.h"

#include <errno.h>
#include <stdlib.h>

/* What the thread works on. It is not embedded in the resolution, because a
 * look-up that hangs may outlive that. */
struct query {
    struct offload offload;
    struct resolution *resolution; /* not for the thread */
    struct endpoint endpoint;
    struct addresses addresses;
    int code;
};

static void look_up(struct offload *offload)
{
    struct query *query = container_of(offload, struct query, offload);
    query->code = lookup_host(&query->addresses, &query->endpoint);
}
WAIT_SHAPE_BY(look_up, "look-up", struct query, offload.run,
              WAIT_PART(WAIT_TEXT, struct query, endpoint.host));

static void query_free(struct offload *offload)
{
    struct query *query = container_of(offload, struct query, offload);
    endpoint_deinit(&query->endpoint);
    free(query);
}

static void on_looked_up(struct offload *offload)
{
    struct query *query = container_of(offload, struct query, offload);
    struct resolution *resolution = query->resolution;
    resolution->query = NULL;
    resolution->resolved(resolution, query->code, &query->addresses);
    query_free(offload);
}

int resolver_start(struct offloader *offloader, const struct endpoint *endpoint,
                   struct resolution *resolution)
{
    REQUIRE(!resolution->query, "resolver_start: one look-up at a time");
    struct query *query = calloc(1, sizeof *query);
    if (!query)
        return -ENOMEM;
    query->offload.run = look_up;
    query->offload.done = on_looked_up;
    query->offload.drop = query_free;
    query->resolution = resolution;
    int error = endpoint_copy(&query->endpoint, endpoint);
    if (!error)
        error = offload_start(offloader, &query->offload);
    if (error)
        query_free(&query->offload);
    else
        resolution->query = query;
    return error;
}

void resolver_cancel(struct resolution *resolution)
{
    if (resolution->query)
        offload_cancel(&resolution->query->offload);
    resolution->query = NULL;
}
