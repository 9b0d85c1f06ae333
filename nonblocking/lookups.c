/* SPDX-License-Identifier: MIT */
#include "nonblocking/lookups.h"

#include "base/container_of.h"
#include "blocking/lookup.h"

#include <errno.h>
#include <stdlib.h>

/* It owns all that its thread touches, so it may outlive its client. */
struct lookup {
    struct completion completion;
    struct endpoint endpoint;
    struct addresses addresses;
    int code;
    void *owner; /* not for the thread */
};

static struct lookup *lookup_of(struct completion *completion)
{
    return container_of(completion, struct lookup, completion);
}

static void look_up(struct completion *completion)
{
    struct lookup *lookup = lookup_of(completion);
    lookup->code = lookup_host(&lookup->addresses, &lookup->endpoint);
}

static void lookup_free(struct completion *completion)
{
    struct lookup *lookup = lookup_of(completion);
    endpoint_deinit(&lookup->endpoint);
    free(lookup);
}

int lookup_start(struct completions *completions,
                 const struct endpoint *endpoint, void *owner,
                 struct lookup **out)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);
    if (!lookup)
        return -ENOMEM;
    lookup->completion.run = look_up;
    lookup->completion.drop = lookup_free;
    lookup->owner = owner;
    int error = endpoint_copy(&lookup->endpoint, endpoint);
    if (!error)
        error = completions_start(completions, &lookup->completion);
    if (error)
        lookup_free(&lookup->completion);
    else
        *out = lookup;
    return error;
}

void lookup_abandon(struct lookup *lookup)
{
    completion_abandon(&lookup->completion);
}

void *lookup_take(struct completions *completions, int *code,
                  struct addresses *addresses)
{
    struct completion *completion = completions_take(completions);
    if (!completion)
        return NULL;
    struct lookup *lookup = lookup_of(completion);
    void *owner = lookup->owner;
    *code = lookup->code;
    *addresses = lookup->addresses;
    lookup_free(completion);
    return owner;
}
