/* SPDX-License-Identifier: MIT */
#include "callbacks/loop_batch.h"

#include "callbacks/handle_name.h"

static struct loop_batch *run_of(const struct client_batch *clients)
{
    return container_of(clients, struct loop_batch, clients);
}

nanos loop_batch_time(const struct client_batch *clients)
{
    struct loop_batch *run = run_of(clients);
    run->calls.latest = clock_now(run->clock);
    return run->calls.latest;
}

struct client_calls *loop_batch_calls(const struct client *client)
{
    return &run_of(client->batch)->calls;
}

/* ---- jobs ---- */

static void set_wake(struct loop_batch *run)
{
    if (run->clients.wake_at != NEVER)
        loop_call_at(run->calls.loop, &run->wake, run->clients.wake_at);
}

static void on_wake(struct handle *handle)
{
    struct loop_batch *run = container_of(handle, struct loop_batch, wake);
    run->clients.now = loop_time(run->calls.loop);
    client_batch_wake_due(&run->clients);
    set_wake(run);
}
HANDLE_NAME(on_wake, "the start of a page", NULL);

/* The last result ends the run: kept connections would keep the loop going. */
static void fill_clients(struct loop_batch *run)
{
    client_batch_fill(&run->clients);
    set_wake(run);
    if (!run->clients.busy)
        loop_stop(run->calls.loop);
}

void loop_batch_done(struct client *client)
{
    client_done(client);
    fill_clients(run_of(client->batch));
}

/* ---- the run ---- */

static void on_cancelled(struct handle *handle)
{
    struct loop_batch *run =
        container_of(handle, struct loop_batch, cancel.handle);
    loop_watch(run->calls.loop, &run->cancel, 0);
    client_batch_fail_all(&run->clients, FETCH_CANCELLED, 0);
}
HANDLE_NAME(on_cancelled, "Ctrl-C", NULL);

static int watch_cancel(struct loop_batch *run)
{
    struct cancel *cancel = run->clients.batch->cancel;
    if (!cancel)
        return 0;
    run->cancel.fd = cancel->fd;
    run->cancel.handle.run = on_cancelled;
    return loop_watch(run->calls.loop, &run->cancel, SELECT_READ);
}

static int run_on_loop(struct loop_batch *run)
{
    int error = watch_cancel(run);
    if (!error && run->clients.batch->asked)
        error = loop_asked_start(&run->asked, run->calls.loop,
                                 *run->clients.batch->asked, "its loop");
    if (error)
        return error;
    fill_clients(run);
    error = loop_run(run->calls.loop);
    if (error)
        client_batch_fail_all(&run->clients, fetch_error_from_errno(error),
                              error);
    return error;
}

static int run_with_clients(struct loop_batch *run, struct batch *batch,
                            const struct client_ops *ops)
{
    int error = client_batch_init(&run->clients, batch, ops);
    if (!error)
        error = run_on_loop(run);
    client_batch_deinit(&run->clients);
    return error;
}

int loop_batch_run(struct batch *batch, const struct client_ops *ops,
                   const struct selector_ops *selector,
                   const struct clock *clock)
{
    struct loop_batch run = {.clock = clock, .wake.run = on_wake};
    struct loop *loop;
    int error = loop_new(&loop, selector, clock);
    if (error)
        return error;
    error = client_calls_init(&run.calls, loop);
    if (!error) {
        error = run_with_clients(&run, batch, ops);
        client_calls_deinit(&run.calls);
    }
    loop_free(loop);
    return error;
}
