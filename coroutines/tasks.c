/* SPDX-License-Identifier: MIT */
/* The client of episode 5: for each hop resolve, connect, transfer, to be read
 * from top to bottom again. A function stops where it awaits something, and
 * goes on there. What it needs afterwards is in its frame; the frame of a
 * function that it calls lies in its own, as on a stack.
 *
 * Each client is a Task that works through page after page. All that it waits
 * for comes from the loop: so it waits for the same moment again and again, and
 * nothing is allocated. When a call ends while its client waits, that wait
 * fails with CancelledError, and so does the function that waits; what is left
 * of the page finds the call done.
 */
#include "coroutines/coroutines.h"

#include "callbacks/handle_name.h"
#include "callbacks/loop_batch.h"
#include "callbacks/moment.h"
#include "coroutines/frame.h"
#include "coroutines/task.h"

struct task_client;

struct hop {
    struct frame frame;
    struct task_client *client;
};

struct task_client {
    struct client client; /* first: what the batch knows of it */
    struct client_call base;
    struct moment job;    /* what it waits for between two pages, ... */
    struct moment moment; /* ... and in one */
    struct task task;
    struct frame frame; /* of work, ... */
    struct hop hop;     /* ... and of what that calls: one at a time */
};

/* ---- what the loop tells ---- */

static void on_ready(struct handle *handle)
{
    moment_come(
        &container_of(handle, struct task_client, base.watch.handle)->moment);
}
HANDLE_NAME(on_ready, "the Task of a page", client_call_describe_watch);

static void looked_up(struct client_call *base)
{
    moment_come(&container_of(base, struct task_client, base)->moment);
}

static void ended(struct client_call *base)
{
    struct task_client *client = container_of(base, struct task_client, base);
    awaitable_cancel(&client->moment.awaitable);
}

/* ---- a hop: resolve, connect, transfer ---- */

static struct outcome hop(struct generator *self, struct outcome got)
{
    CO_FRAME(struct hop, f);
    struct moment *const moment = &f->client->moment;
    struct client_call *const base = &f->client->base;
    struct call *const call = &base->call;
    CO_BEGIN;

    base->watch.handle.run = on_ready;
    if (!client_call_use_kept(base) &&
        call_need(call) == CALL_NEEDS_ADDRESSES) {
        client_call_look_up(base);
        CO_AWAIT(moment_next(moment));
    }
    while (call_need(call) == CALL_NEEDS_CONNECTION) {
        client_call_connect(base);
        CO_AWAIT(moment_next(moment));
        client_call_connected(base);
    }
    while (call_need(call) == CALL_NEEDS_TRANSFER) {
        client_call_transfer(base);
        CO_AWAIT(moment_next(moment));
        client_call_receive(base);
    }

    CO_END;
}

static struct generator *call_hop(struct task_client *client)
{
    client->hop.client = client;
    return frame_init(&client->hop.frame, hop);
}

/* ---- page after page ---- */

static bool is_closed(const struct outcome *got)
{
    return outcome_failed_with(got, &generator_exit_type);
}

/* What fails, the call knows: so a failure goes no further, unless it is that
 * this function is to end. */
static struct outcome work(struct generator *self, struct outcome got)
{
    CO_FRAME(struct task_client, f);
    CO_BEGIN;

    for (;;) {
        while (f->client.state != CLIENT_WORKS)
            CO_AWAIT(moment_next(&f->job));
        while (call_need(&f->base.call) != CALL_IS_DONE) {
            CO_TRY_YIELD_FROM(call_hop(f));
            client_call_end_hop(&f->base);
            if (is_closed(&got))
                CO_RETURN(got);
        }
        loop_batch_done(&f->client);
    }

    CO_END;
}

/* ---- the contestant ---- */

static struct task_client *client_of(struct client *client)
{
    return container_of(client, struct task_client, client);
}

static void client_init(struct client *client)
{
    static const struct client_call_ops ops = {.looked_up = looked_up,
                                               .ended = ended};
    struct task_client *task = client_of(client);
    struct client_calls *calls = loop_batch_calls(client);
    client_call_init(&task->base, calls, client->batch->batch->options, &ops);
    client->call = &task->base.call;
    moment_init(&task->job, calls->loop);
    moment_init(&task->moment, calls->loop);
    task_init(&task->task, calls->loop, frame_init(&task->frame, work));
}

static void client_deinit(struct client *client)
{
    task_close(&client_of(client)->task);
    task_unref(&client_of(client)->task);
    client_call_deinit(&client_of(client)->base);
}

/* Its next page has begun. Work that is not waiting for one sees that itself.
 */
static void client_hop(struct client *client)
{
    moment_come(&client_of(client)->job);
}

/* The page may be one that has not begun. */
static void client_give_up(struct client *client)
{
    client_call_give_up(&client_of(client)->base);
    moment_come(&client_of(client)->job);
}

int tasks_run(struct batch *batch, const struct selector_ops *selector,
              const struct clock *clock)
{
    static const struct client_ops ops = {
        .size = sizeof(struct task_client),
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
    return tasks_run(batch, &epoll_selector, &monotonic_clock);
}

const struct model tasks_model = {
    .name = "tasks",
    .family = "coroutines",
    .summary = "one thread and an event loop; a function stops where it waits, "
               "and goes on there",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = run_on_epoll,
};
