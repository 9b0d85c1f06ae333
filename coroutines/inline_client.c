/* SPDX-License-Identifier: MIT */
/* The client of episode 2 as Twisted writes it since there are generators: a
 * page is a function under inlineCallbacks, and from outside a Deferred. The
 * difference from tasks.c is what drives it: each page begins at once, in the
 * call that hands out the job, and ends with its Deferred. */
#include "coroutines/coroutines.h"

#include "callbacks/loop_batch.h"
#include "coroutines/hop.h"
#include "coroutines/inline_callbacks.h"

struct inline_client {
    struct client client; /* first: what the batch knows of it */
    struct hop hop;
    struct inline_callbacks page;
    struct frame frame;
    bool under_way; /* the page */
};

/* A failure is noted in the call. */
static struct outcome page(struct generator *self, struct outcome got)
{
    CO_FRAME(struct inline_client, f);
    struct client_call *const base = &f->hop.base;
    CO_BEGIN;

    while (call_need(&base->call) != CALL_IS_DONE) {
        CO_TRY_YIELD_FROM(hop_begin(&f->hop));
        client_call_end_hop(base);
        if (outcome_failed_with(&got, &generator_exit_type))
            CO_RETURN(got);
    }

    CO_END;
}

/* The page's Deferred has ended, and may be used for the next one. */
static void page_over(struct deferred *deferred)
{
    struct inline_client *client =
        container_of(deferred, struct inline_client, page.deferred);
    client->under_way = false;
    loop_batch_done(&client->client);
}

/* ---- the contestant ---- */

static struct inline_client *client_of(struct client *client)
{
    return container_of(client, struct inline_client, client);
}

static void client_init(struct client *client)
{
    struct hop *hop = &client_of(client)->hop;
    hop_init(hop, loop_batch_calls(client), client->batch->batch->options);
    client->call = &hop->base.call;
}

static void client_hop(struct client *client)
{
    struct inline_client *mine = client_of(client);
    mine->under_way = true;
    inline_callbacks_start(&mine->page, frame_init(&mine->frame, page));
    mine->page.deferred.release = page_over;
    deferred_detach(&mine->page.deferred);
}

/* A page that has not begun has no Deferred that could end. */
static void client_give_up(struct client *client)
{
    struct inline_client *mine = client_of(client);
    if (mine->under_way) {
        client_call_give_up(&mine->hop.base);
        return;
    }
    client_call_end_hop(&mine->hop.base);
    loop_batch_done(client);
}

/* If the loop could not go on, a page may still be under way. */
static void client_deinit(struct client *client)
{
    struct inline_client *mine = client_of(client);
    if (mine->under_way) {
        awaitable_withdraw(&mine->hop.moment.awaitable, &mine->page.handle);
        generator_drop(mine->page.generator);
    }
    hop_deinit(&mine->hop);
}

int inline_callbacks_run(struct batch *batch,
                         const struct selector_ops *selector,
                         const struct clock *clock)
{
    static const struct client_ops ops = {
        .size = sizeof(struct inline_client),
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
    return inline_callbacks_run(batch, &epoll_selector, &monotonic_clock);
}

const struct model inline_callbacks_model = {
    .name = "inline-callbacks",
    .family = "coroutines",
    .summary =
        "one thread and an event loop; a function that yields Deferreds, "
        "which send it on",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = run_on_epoll,
};
