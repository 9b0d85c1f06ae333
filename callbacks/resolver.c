/* SPDX-License-Identifier: MIT */
#include "callbacks/resolver.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "threads/executor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct resolver {
    struct executor *executor;
    struct mailbox *mailbox;
    struct resolution *first; /* all that are under way, cancelled ones too */
    bool calling_back;        /* at this moment */
};

struct resolution {
    /* the loop's thread */
    struct resolver *resolver;
    struct resolution *next, *previous;
    resolved_fn *resolved; /* NULL: cancelled */
    void *context;
    struct handle handle; /* posted when the look-up is over */

    /* the executor's thread, until then */
    struct work work;
    struct endpoint endpoint;
    int code;
    struct addresses addresses;
};

/* ---- on a thread of the executor ---- */

static void look_up(struct work *work)
{
    struct resolution *resolution = container_of(work, struct resolution, work);
    resolution->code =
        lookup_host(&resolution->addresses, &resolution->endpoint);
}

static void report(struct work *work)
{
    struct resolution *resolution = container_of(work, struct resolution, work);
    mailbox_post(resolution->resolver->mailbox, &resolution->handle);
}

/* ---- on the loop's thread ---- */

static void resolution_link(struct resolution *resolution)
{
    struct resolver *resolver = resolution->resolver;
    resolution->next = resolver->first;
    if (resolver->first)
        resolver->first->previous = resolution;
    resolver->first = resolution;
}

static void resolution_free(struct resolution *resolution)
{
    struct resolution *next = resolution->next;
    if (resolution->previous)
        resolution->previous->next = next;
    else
        resolution->resolver->first = next;
    if (next)
        next->previous = resolution->previous;
    endpoint_deinit(&resolution->endpoint);
    free(resolution);
}

static void on_report(struct handle *handle)
{
    struct resolution *resolution =
        container_of(handle, struct resolution, handle);
    if (resolution->resolved) {
        struct resolver *resolver = resolution->resolver;
        mailbox_release(resolver->mailbox);
        resolver->calling_back = true;
        resolution->resolved(resolution->context, resolution->code,
                             &resolution->addresses);
        resolver->calling_back = false;
    }
    resolution_free(resolution);
}
HANDLE_NAME(on_report, "the end of a look-up", NULL);

int resolver_new(struct resolver **resolver, struct loop *loop, size_t threads)
{
    struct resolver *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    int error = executor_new(&made->executor, threads, 0);
    if (!error)
        error = mailbox_new(&made->mailbox, loop);
    if (error) {
        resolver_free(made);
        return error;
    }
    *resolver = made;
    return 0;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    REQUIRE(!resolver->calling_back,
            "resolver_free: not from inside a callback of this resolver");
    if (resolver->executor)
        executor_shutdown(resolver->executor, true, true);
    executor_free(resolver->executor);
    mailbox_free(resolver->mailbox);
    while (resolver->first)
        resolution_free(resolver->first);
    free(resolver);
}

static int resolution_new(struct resolution **resolution,
                          struct resolver *resolver,
                          const struct endpoint *endpoint)
{
    struct resolution *made = calloc(1, sizeof *made);
    if (!made || endpoint_copy(&made->endpoint, endpoint)) {
        free(made);
        return -ENOMEM;
    }
    made->handle.run = on_report;
    made->work.run = look_up;
    made->work.done = report;
    made->resolver = resolver;
    resolution_link(made);
    *resolution = made;
    return 0;
}

int resolver_start(struct resolver *resolver, const struct endpoint *endpoint,
                   resolved_fn *resolved, void *context,
                   struct resolution **resolution)
{
    struct resolution *made;
    int error = resolution_new(&made, resolver, endpoint);
    if (error)
        return error;
    error = mailbox_hold(resolver->mailbox);
    if (error)
        goto unmade;
    error = executor_submit(resolver->executor, &made->work);
    if (error)
        goto unheld;
    made->resolved = resolved;
    made->context = context;
    *resolution = made;
    return 0;

unheld:
    mailbox_release(resolver->mailbox);
unmade:
    resolution_free(made);
    return error;
}

/* The thread goes on with the look-up, but the loop need not wait for it. */
void resolver_cancel(struct resolution *resolution)
{
    REQUIRE(resolution->resolved, "resolver_cancel: once for a look-up");
    resolution->resolved = NULL;
    mailbox_release(resolution->resolver->mailbox);
}
