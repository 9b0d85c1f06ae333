/* SPDX-License-Identifier: MIT */
/* The same client in ordinary functions: each client has a stack of its own,
 * which stays as it is while the client waits. The difference from tasks.c is
 * the waiting: a function that waits need not be a generator, so there is no
 * `yield from`; and a failure is not raised by itself, so the outcome of each
 * wait is checked.
 *
 * A client is a Task, whose generator is a stack. */
#include "coroutines/coroutines.h"

#include "callbacks/handle_name.h"
#include "callbacks/loop_batch.h"
#include "callbacks/moment.h"
#include "callbacks/wait_shape.h"
#include "coroutines/stack.h"
#include "coroutines/task.h"

struct greenlet {
    struct client client; /* first: what the batch knows of it */
    struct client_call base;
    struct moment job;    /* what it waits for between two pages ... */
    struct moment moment; /* ... and within one */
    struct task task;
    struct stack_pool pool; /* of one stack, which is used as long as the
                             * client */
    struct stack stack;
    int error; /* 0: there is a stack */
};

/* ---- what the loop tells ---- */

static void on_ready(struct handle *handle)
{
    moment_come(
        &container_of(handle, struct greenlet, base.watch.handle)->moment);
}
HANDLE_NAME(on_ready, "the greenlet of a page", client_call_describe_watch);
WAIT_SHAPE_BY(on_ready, "a hop", struct greenlet, base.watch.handle,
              WAIT_PART(WAIT_COMES, struct greenlet, moment));

static void looked_up(struct client_call *base)
{
    moment_come(&container_of(base, struct greenlet, base)->moment);
}

static void ended(struct client_call *base)
{
    struct greenlet *client = container_of(base, struct greenlet, base);
    if (!client->error) {
        awaitable_cancel(&client->moment.awaitable);
        return;
    }
    client_call_end_hop(base);
    loop_batch_done(&client->client);
}

/* ---- a hop: resolve, connect, transfer ---- */

static struct outcome wait_for(struct moment *moment)
{
    return stack_await(moment_next(moment));
}

static struct outcome hop(struct greenlet *client)
{
    struct client_call *base = &client->base;
    struct call *call = &base->call;
    struct outcome got = outcome_none();

    base->watch.handle.run = on_ready;
    if (!client_call_use_kept(base) &&
        call_need(call) == CALL_NEEDS_ADDRESSES) {
        client_call_look_up(base);
        got = wait_for(&client->moment);
    }
    while (!outcome_is_failure(&got) &&
           call_need(call) == CALL_NEEDS_CONNECTION) {
        client_call_connect(base);
        got = wait_for(&client->moment);
        if (!outcome_is_failure(&got))
            client_call_connected(base);
    }
    while (!outcome_is_failure(&got) &&
           call_need(call) == CALL_NEEDS_TRANSFER) {
        client_call_transfer(base);
        got = wait_for(&client->moment);
        if (!outcome_is_failure(&got))
            client_call_receive(base);
    }
    return got;
}

/* ---- page after page ---- */

/* A failure is noted in the call and goes no further, unless it says that this
 * function is to end. */
static struct outcome work(struct stack *self, struct outcome got)
{
    struct greenlet *client = container_of(self, struct greenlet, stack);

    while (!outcome_failed_with(&got, &generator_exit_type)) {
        if (client->client.state != CLIENT_WORKS) {
            got = wait_for(&client->job);
        } else if (call_need(&client->base.call) != CALL_IS_DONE) {
            got = hop(client);
            client_call_end_hop(&client->base);
        } else {
            loop_batch_done(&client->client);
        }
    }
    return got;
}

WAIT_SHAPE_BY(work, "a hop", struct greenlet, stack.generator,
              WAIT_PART(WAIT_WATCH, struct greenlet, base.watch),
              WAIT_PART(WAIT_ON, struct greenlet, base.resolution.query),
              WAIT_PART(WAIT_TIMER, struct greenlet, base.end));

/* ---- the contestant ---- */

static struct greenlet *client_of(struct client *client)
{
    return container_of(client, struct greenlet, client);
}

static void client_init(struct client *client)
{
    static const struct client_call_ops ops = {.looked_up = looked_up,
                                               .ended = ended};
    struct greenlet *greenlet = client_of(client);
    struct client_calls *calls = loop_batch_calls(client);
    client_call_init(&greenlet->base, calls, client->batch->batch->options,
                     &ops);
    client->call = &greenlet->base.call;
    moment_init(&greenlet->job, calls->loop);
    moment_init(&greenlet->moment, calls->loop);
    stack_pool_init(&greenlet->pool, 0);
    greenlet->error =
        stack_init(&greenlet->stack, &greenlet->pool, work, "work");
    if (!greenlet->error)
        task_init(&greenlet->task, calls->loop, &greenlet->stack.generator);
}

static void client_deinit(struct client *client)
{
    struct greenlet *greenlet = client_of(client);
    if (!greenlet->error) {
        task_close(&greenlet->task);
        task_unref(&greenlet->task);
        stack_deinit(&greenlet->stack);
    }
    stack_pool_deinit(&greenlet->pool);
    client_call_deinit(&greenlet->base);
}

/* Without a stack the page fails: client_call_connect finds the call done, and
 * reports that in the next turn. */
static void client_hop(struct client *client)
{
    struct greenlet *greenlet = client_of(client);
    if (greenlet->error) {
        call_fail(client->call, fetch_error_from_errno(greenlet->error),
                  greenlet->error, client_call_now(&greenlet->base));
        client_call_connect(&greenlet->base);
    } else {
        moment_come(&greenlet->job);
    }
}

static void client_give_up(struct client *client)
{
    client_call_give_up(&client_of(client)->base);
    moment_come(&client_of(client)->job);
}

int greenlets_run(struct batch *batch, const struct selector_ops *selector,
                  const struct clock *clock)
{
    static const struct client_ops ops = {
        .size = sizeof(struct greenlet),
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
    return greenlets_run(batch, &epoll_selector, &monotonic_clock);
}

const struct model greenlets_model = {
    .name = "greenlets",
    .family = "coroutines",
    .summary = "one thread and an event loop; a stack for each connection, "
               "left lying where it waits",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = run_on_epoll,
};
