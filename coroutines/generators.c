/* SPDX-License-Identifier: MIT */
/* The client of episode 3, as Tornado 2 wrote it: a page is one function, which
 * yields each function that takes its time and goes on when that one's callback
 * is called. Below are those functions, with callbacks as in episode 1; but
 * none of them says what is to be done next. The difference from
 * inline_client.c is that it waits for nothing but callbacks.
 */
#include "coroutines/coroutines.h"

#include "callbacks/handle_name.h"
#include "callbacks/loop_batch.h"
#include "callbacks/wait_shape.h"
#include "coroutines/frame.h"
#include "coroutines/yield_point.h"

struct page_client {
    struct client client; /* first: what the batch knows of it */
    struct client_call base;
    struct runner_callback *callback; /* of what takes its time */
    struct task_point task;
    struct runner runner;
    struct frame frame;
};

/* ---- a page ---- */

static gen_function look_up, connect_call, transfer;

/* A failure is noted in the call, which is then done. */
static struct outcome page(struct generator *self, struct outcome got)
{
    CO_FRAME(struct page_client, f);
    struct client_call *const base = &f->base;
    struct call *const call = &base->call;
    CO_BEGIN;

    while (call_need(call) != CALL_IS_DONE) {
        if (!client_call_use_kept(base) &&
            call_need(call) == CALL_NEEDS_ADDRESSES)
            CO_YIELD(gen_task(&f->task, look_up, f));
        while (call_need(call) == CALL_NEEDS_CONNECTION)
            CO_YIELD(gen_task(&f->task, connect_call, f));
        while (call_need(call) == CALL_NEEDS_TRANSFER)
            CO_YIELD(gen_task(&f->task, transfer, f));
        client_call_end_hop(base);
    }

    CO_END;
}

/* ---- what takes its time ---- */

static void call_back(struct client_call *base)
{
    struct page_client *client = container_of(base, struct page_client, base);
    runner_call(client->callback, outcome_none());
}

static struct client_call *begin_wait(void *context,
                                      struct runner_callback *callback)
{
    struct page_client *client = context;
    client->callback = callback;
    return &client->base;
}

static void look_up(void *client, struct runner_callback *callback)
{
    client_call_look_up(begin_wait(client, callback));
}

static struct client_call *base_of(struct handle *handle)
{
    return container_of(handle, struct client_call, watch.handle);
}

static void on_connected(struct handle *handle)
{
    client_call_connected(base_of(handle));
    call_back(base_of(handle));
}
HANDLE_NAME(on_connected, "a page that connects", client_call_describe_watch);
WAIT_SHAPE_BY(on_connected, "a page", struct page_client, base.watch.handle,
              WAIT_PART(WAIT_CALLS, struct page_client, callback));

static void connect_call(void *client, struct runner_callback *callback)
{
    struct client_call *base = begin_wait(client, callback);
    base->watch.handle.run = on_connected;
    client_call_connect(base);
}

static void on_ready(struct handle *handle)
{
    client_call_receive(base_of(handle));
    call_back(base_of(handle));
}
HANDLE_NAME(on_ready, "a page", client_call_describe_watch);
WAIT_SHAPE_BY(on_ready, "a page", struct page_client, base.watch.handle,
              WAIT_PART(WAIT_CALLS, struct page_client, callback));

static void transfer(void *client, struct runner_callback *callback)
{
    struct client_call *base = begin_wait(client, callback);
    base->watch.handle.run = on_ready;
    client_call_transfer(base);
}

/* ---- the contestant ---- */

static struct page_client *client_of(struct client *client)
{
    return container_of(client, struct page_client, client);
}

static void client_init(struct client *client)
{
    static const struct client_call_ops ops = {.looked_up = call_back,
                                               .ended = call_back};
    struct page_client *mine = client_of(client);
    client_call_init(&mine->base, loop_batch_calls(client),
                     client->batch->batch->options, &ops);
    client->call = &mine->base.call;
    mine->runner = (struct runner){0};
}

static void page_over(struct runner *runner, struct outcome outcome)
{
    outcome_drop(outcome);
    loop_batch_done(&container_of(runner, struct page_client, runner)->client);
}

static void client_hop(struct client *client)
{
    struct page_client *mine = client_of(client);
    runner_start(&mine->runner, frame_init(&mine->frame, page), page_over);
}

/* The page may not have begun yet. */
static void client_give_up(struct client *client)
{
    struct page_client *mine = client_of(client);
    if (mine->runner.generator) {
        client_call_give_up(&mine->base);
        return;
    }
    client_call_end_hop(&mine->base);
    loop_batch_done(client);
}

/* If the loop could not go on, a page may still be under way. */
static void client_deinit(struct client *client)
{
    runner_close(&client_of(client)->runner);
    client_call_deinit(&client_of(client)->base);
}

int generators_run(struct batch *batch, const struct selector_ops *selector,
                   const struct clock *clock)
{
    static const struct client_ops ops = {
        .size = sizeof(struct page_client),
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
    return generators_run(batch, &epoll_selector, &monotonic_clock);
}

const struct model generators_model = {
    .name = "generators",
    .family = "coroutines",
    .summary = "one thread and an event loop; a function yields what it waits "
               "for, and callbacks send it on",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = run_on_epoll,
};
