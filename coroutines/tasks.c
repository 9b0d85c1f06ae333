/* SPDX-License-Identifier: MIT */
/* The client of episode 5, which reads from top to bottom again: work, and the
 * hop that it calls (hop.c). A function stops where it awaits something, and
 * goes on there. What it needs afterwards is in its frame; the frame of a
 * function that it calls is beside its own, as on a stack.
 *
 * Each client is a Task that works through page after page. When a call ends
 * while its client waits, that wait fails with CancelledError, and so does the
 * hop; what is left of the page finds the call done.
 */
#include "coroutines/coroutines.h"

#include "callbacks/loop_batch.h"
#include "callbacks/wait_shape.h"
#include "coroutines/hop.h"
#include "coroutines/task.h"

struct task_client {
    struct client client; /* first: what the batch knows of it */
    struct hop hop;
    struct moment job; /* what it waits for between two pages */
    struct task task;
    struct frame frame;
};

/* ---- page after page ---- */

/* A failure is noted in the call and goes no further, unless it says that this
 * function is to end. */
static struct outcome work(struct generator *self, struct outcome got)
{
    CO_FRAME(struct task_client, f);
    struct client_call *const base = &f->hop.base;
    CO_BEGIN;

    for (;;) {
        while (f->client.state != CLIENT_WORKS)
            CO_AWAIT(moment_next(&f->job));
        while (call_need(&base->call) != CALL_IS_DONE) {
            CO_TRY_YIELD_FROM(hop_begin(&f->hop));
            client_call_end_hop(base);
            if (outcome_failed_with(&got, &generator_exit_type))
                CO_RETURN(got);
        }
        loop_batch_done(&f->client);
    }

    CO_END;
}

WAIT_SHAPE_BY(work, "the next page", struct task_client, frame.generator,
              WAIT_PART(WAIT_NOTHING, struct task_client, job));

/* ---- the contestant ---- */

static struct task_client *client_of(struct client *client)
{
    return container_of(client, struct task_client, client);
}

static void client_init(struct client *client)
{
    struct task_client *task = client_of(client);
    struct client_calls *calls = loop_batch_calls(client);
    hop_init(&task->hop, calls, client->batch->batch->options);
    client->call = &task->hop.base.call;
    moment_init(&task->job, calls->loop);
    task_init(&task->task, calls->loop, frame_init(&task->frame, work));
}

static void client_deinit(struct client *client)
{
    task_close(&client_of(client)->task);
    task_unref(&client_of(client)->task);
    hop_deinit(&client_of(client)->hop);
}

/* Its next page has begun. If work() is not waiting for one, it finds that out
 * itself. */
static void client_hop(struct client *client)
{
    moment_come(&client_of(client)->job);
}

/* The page may not have begun yet. */
static void client_give_up(struct client *client)
{
    client_call_give_up(&client_of(client)->hop.base);
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
