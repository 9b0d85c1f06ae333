/* SPDX-License-Identifier: MIT */
/* The client of episode 2: a Deferred for each page, one for each hop, and one
 * for each thing that a hop waits for.
 *
 *     page:  first_hop  hop_over  [hop_over ...]
 *                |          |
 *     hop:   look_up  connect  exchange
 *                |       |        |
 *     step:   ... fired by the loop when what is waited for has come
 *
 * A rung that returns a Deferred lets its own chain wait (DF5), so the three
 * are nested as the calls of a blocking client are. A call that ends while a
 * step waits takes the error lane past all that is left of the hop. What
 * happens many times, as bytes that arrive, is not for a Deferred, which fires
 * once: it stays a callback, as dataReceived does.
 *
 * All three are members of the client and are used again: nothing is allocated.
 */
#include "deferreds/deferreds.h"

#include "callbacks/failure.h"
#include "callbacks/handle_name.h"
#include "callbacks/loop_batch.h"
#include "callbacks/wait_shape.h"
#include "deferreds/deferred.h"
#include "deferreds/ladder.h"
#include "deferreds/rung_name.h"

struct deferred_client {
    struct client client; /* first: what the batch knows of it */
    struct client_call base;
    struct deferred page, hop, step;
    bool under_way; /* the page */
};

static const struct failure_type call_ended_type = {"CallEnded", NULL};
static const struct failure call_ended = {.type = &call_ended_type};

static enum call_need need_of(const struct deferred_client *client)
{
    return call_need(&client->base.call);
}

/* Never fails: four rungs need no memory, and rungs that have run make room. */
static void then(struct deferred *deferred, deferred_fn *callback,
                 struct deferred_client *client)
{
    (void)deferred_add_callback(deferred, callback, client);
}

/* ---- a step: what the loop tells, as a Deferred ---- */

static struct outcome next_step(struct deferred_client *client)
{
    deferred_init(&client->step, NULL);
    return outcome_deferred(&client->step);
}

static bool is_transferring(const struct deferred_client *client)
{
    return need_of(client) == CALL_NEEDS_TRANSFER;
}

/* The loop reports that the connection is there or has failed, or that bytes
 * have come. */
static void on_ready(struct handle *handle)
{
    struct deferred_client *client =
        container_of(handle, struct deferred_client, base.watch.handle);
    if (is_transferring(client))
        client_call_receive(&client->base);
    if (is_transferring(client))
        client_call_transfer(&client->base);
    else
        deferred_callback(&client->step, outcome_none());
}

/* Describes the page, and what goes on once the step has fired. */
static void describe_step(const struct handle *handle, FILE *out)
{
    const struct deferred_client *client =
        container_of(handle, const struct deferred_client, base.watch.handle);
    client_call_describe_watch(handle, out);
    if (!client->under_way)
        return;
    fputs("; fires ", out);
    deferred_describe(&client->step, out);
}
HANDLE_NAME(on_ready, "a step of a page", describe_step);
WAIT_SHAPE_BY(on_ready, "a step", struct deferred_client, base.watch.handle,
              WAIT_PART(WAIT_FIRES, struct deferred_client, step));

static void looked_up(struct client_call *base)
{
    struct deferred_client *client =
        container_of(base, struct deferred_client, base);
    deferred_callback(&client->step, outcome_none());
}

static void ended(struct client_call *base)
{
    struct deferred_client *client =
        container_of(base, struct deferred_client, base);
    deferred_errback(&client->step, &call_ended);
}

/* ---- a hop: each function is called when the one before it is over ---- */

static struct outcome look_up(void *context, struct outcome none)
{
    struct deferred_client *client = context;
    if (need_of(client) != CALL_NEEDS_ADDRESSES)
        return none;
    client_call_look_up(&client->base);
    return next_step(client);
}
RUNG_NAME(look_up);

static struct outcome connect_client(void *context, struct outcome none)
{
    struct deferred_client *client = context;
    if (need_of(client) != CALL_NEEDS_CONNECTION)
        return none;
    client->base.watch.handle.run = on_ready;
    client_call_connect(&client->base);
    return next_step(client);
}
RUNG_NAME(connect_client);

/* From here on on_ready is called until the answer is there. */
static struct outcome exchange(void *context, struct outcome none)
{
    struct deferred_client *client = context;
    if (need_of(client) == CALL_NEEDS_CONNECTION)
        client_call_connected(&client->base);
    if (!is_transferring(client))
        return none; /* the call needs another address, or is done */
    client->base.watch.handle.run = on_ready;
    client_call_transfer(&client->base);
    return next_step(client);
}
RUNG_NAME(exchange);

/* Resolves, connects, transfers. A kept connection needs only the last. */
static struct deferred *hop(struct deferred_client *client)
{
    struct deferred *deferred = &client->hop;
    deferred_init(deferred, NULL);
    if (!client_call_use_kept(&client->base)) {
        then(deferred, look_up, client);
        then(deferred, connect_client, client);
    }
    then(deferred, exchange, client);
    deferred_callback(deferred, outcome_none());
    return deferred;
}

/* ---- a page: hops, until the call is done ---- */

static struct outcome hop_over(void *context, struct outcome outcome)
{
    struct deferred_client *client = context;
    outcome_drop(outcome);
    client_call_end_hop(&client->base);
    if (need_of(client) == CALL_IS_DONE)
        return outcome_none();
    (void)deferred_add_both(&client->page, hop_over, client);
    return outcome_deferred(hop(client));
}
RUNG_NAME(hop_over);

static struct outcome first_hop(void *context, struct outcome none)
{
    (void)none;
    return outcome_deferred(hop(context));
}
RUNG_NAME(first_hop);

/* The page's Deferred has ended, and may be used for the next one. */
static void page_over(struct deferred *page)
{
    struct deferred_client *client =
        container_of(page, struct deferred_client, page);
    client->under_way = false;
    loop_batch_done(&client->client);
}

/* ---- the contestant ---- */

static struct deferred_client *client_of(struct client *client)
{
    return container_of(client, struct deferred_client, client);
}

static void client_init(struct client *client)
{
    static const struct client_call_ops ops = {.looked_up = looked_up,
                                               .ended = ended};
    struct deferred_client *deferred = client_of(client);
    client_call_init(&deferred->base, loop_batch_calls(client),
                     client->batch->batch->options, &ops);
    client->call = &deferred->base.call;
}

static void client_deinit(struct client *client)
{
    client_call_deinit(&client_of(client)->base);
}

static void client_hop(struct client *client)
{
    struct deferred_client *deferred = client_of(client);
    deferred->under_way = true;
    deferred_init(&deferred->page, NULL);
    deferred->page.release = page_over;
    then(&deferred->page, first_hop, deferred);
    (void)deferred_add_both(&deferred->page, hop_over, deferred);
    deferred_callback(&deferred->page, outcome_none());
    deferred_detach(&deferred->page);
}

/* A page that has not begun has no Deferred that could fail. */
static void client_give_up(struct client *client)
{
    struct deferred_client *deferred = client_of(client);
    if (deferred->under_way) {
        client_call_give_up(&deferred->base);
        return;
    }
    client_call_end_hop(&deferred->base);
    loop_batch_done(client);
}

int deferreds_run(struct batch *batch, const struct selector_ops *selector,
                  const struct clock *clock)
{
    static const struct client_ops ops = {
        .size = sizeof(struct deferred_client),
        .time = loop_batch_time,
        .init = client_init,
        .deinit = client_deinit,
        .hop = client_hop,
        .give_up = client_give_up,
    };
    return loop_batch_run(batch, &ops, selector, clock);
}

static int run_on_epoll(struct batch *batch)
{
    return deferreds_run(batch, &epoll_selector, &monotonic_clock);
}

const struct model deferreds_model = {
    .name = "deferreds",
    .family = "deferreds",
    .summary = "one thread and an event loop; a chain of callbacks for each "
               "page",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = run_on_epoll,
};
