/* SPDX-License-Identifier: MIT */
/* Each hop resolves, connects and transfers, and each of these ends in the
 * function that the loop calls when it is over. What a local variable is to a
 * blocking client is a field of a struct here, and its program counter is the
 * function pointer in watch.handle.run.
 *
 *     callback_client_start -> begin_hop -> resolve .. looked_up
 *                                 |  ^----- connect .. on_connected
 *                                 |         transfer .. on_ready, on_ready …
 *                   done <- end_hop <-----------------------+
 *
 * (".." is where the loop waits.) All ends meet in end_hop, and those of a page
 * in done, once.
 */
#include "callbacks/callbacks.h"
#include "callbacks/handle_name.h"
#include "callbacks/loop_batch.h"

static void begin_hop(struct callback_client *client);

static struct callback_client *client_of(struct handle *handle)
{
    return container_of(handle, struct callback_client, base.watch.handle);
}

static bool is_transferring(const struct callback_client *client)
{
    return call_need(&client->base.call) == CALL_NEEDS_TRANSFER;
}

static void end_hop(struct callback_client *client)
{
    client_call_end_hop(&client->base);
    if (call_need(&client->base.call) == CALL_IS_DONE)
        client->done(client);
    else
        begin_hop(client);
}

/* ---- transfer ---- */

/* Receives before it sends: what has arrived may end the transfer, and sending
 * to a server that has answered and closed would lose the answer. */
static void on_ready(struct handle *handle)
{
    struct callback_client *client = client_of(handle);
    client_call_receive(&client->base);
    if (is_transferring(client))
        client_call_transfer(&client->base);
    else
        end_hop(client);
}
HANDLE_NAME(on_ready, "a page", client_call_describe_watch);

static void transfer(struct callback_client *client)
{
    client->base.watch.handle.run = on_ready;
    client_call_transfer(&client->base);
}

/* ---- connect ---- */

static void on_connected(struct handle *handle)
{
    struct callback_client *client = client_of(handle);
    client_call_connected(&client->base);
    if (is_transferring(client))
        transfer(client);
    else
        end_hop(client);
}
HANDLE_NAME(on_connected, "a page that connects", client_call_describe_watch);

static void connect_client(struct callback_client *client)
{
    client->base.watch.handle.run = on_connected;
    client_call_connect(&client->base);
}

/* ---- resolve ---- */

static void looked_up(struct client_call *base)
{
    struct callback_client *client =
        container_of(base, struct callback_client, base);
    if (call_need(&base->call) == CALL_NEEDS_CONNECTION)
        connect_client(client);
    else
        end_hop(client);
}

/* ---- a hop ---- */

static void begin_hop(struct callback_client *client)
{
    if (client_call_use_kept(&client->base))
        transfer(client);
    else if (call_need(&client->base.call) == CALL_NEEDS_ADDRESSES)
        client_call_look_up(&client->base);
    else
        connect_client(client);
}

static void ended(struct client_call *base)
{
    end_hop(container_of(base, struct callback_client, base));
}

/* ---- a page, without a batch ---- */

static const struct client_call_ops callback_ops = {.looked_up = looked_up,
                                                    .ended = ended};

void callback_client_init(struct callback_client *client,
                          struct client_calls *calls,
                          const struct call_options *options,
                          void (*done)(struct callback_client *client))
{
    client_call_init(&client->base, calls, options, &callback_ops);
    client->done = done;
}

void callback_client_deinit(struct callback_client *client)
{
    client_call_deinit(&client->base);
}

void callback_client_start(struct callback_client *client,
                           const struct request *request)
{
    call_start(&client->base.call, request, 0, client_call_now(&client->base));
    begin_hop(client);
}

void callback_client_cancel(struct callback_client *client)
{
    call_fail(&client->base.call, FETCH_CANCELLED, 0,
              client_call_now(&client->base));
    client_call_give_up(&client->base);
}

/* ---- many of them: the contestant ---- */

struct slot {
    struct client client; /* first: what the batch knows of it */
    struct callback_client waits;
};

static struct slot *slot_of(struct client *client)
{
    return container_of(client, struct slot, client);
}

static void on_done(struct callback_client *client)
{
    loop_batch_done(&container_of(client, struct slot, waits)->client);
}

static void slot_init(struct client *client)
{
    struct slot *slot = slot_of(client);
    client->call = &slot->waits.base.call;
    callback_client_init(&slot->waits, loop_batch_calls(client),
                         client->batch->batch->options, on_done);
}

static void slot_deinit(struct client *client)
{
    callback_client_deinit(&slot_of(client)->waits);
}

static void slot_hop(struct client *client)
{
    begin_hop(&slot_of(client)->waits);
}

static void slot_give_up(struct client *client)
{
    client_call_give_up(&slot_of(client)->waits.base);
}

int callbacks_run(struct batch *batch, const struct selector_ops *selector,
                  const struct clock *clock)
{
    static const struct client_ops ops = {
        .size = sizeof(struct slot),
        .time = loop_batch_time,
        .init = slot_init,
        .deinit = slot_deinit,
        .hop = slot_hop,
        .give_up = slot_give_up,
    };
    return loop_batch_run(batch, &ops, selector, clock);
}

static int run_on_epoll(struct batch *batch)
{
    return callbacks_run(batch, &epoll_selector, &monotonic_clock);
}

const struct model callbacks_model = {
    .name = "callbacks",
    .family = "callbacks",
    .summary = "one thread and an event loop, which calls when something is "
               "ready",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = run_on_epoll,
};
