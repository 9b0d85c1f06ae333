/* SPDX-License-Identifier: MIT */
#include "coroutines/hop.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

/* ---- what the loop tells ---- */

static void on_ready(struct handle *handle)
{
    moment_come(&container_of(handle, struct hop, base.watch.handle)->moment);
}
HANDLE_NAME(on_ready, "the generator of a page", client_call_describe_watch);
WAIT_SHAPE_BY(on_ready, "a hop", struct hop, base.watch.handle,
              WAIT_PART(WAIT_COMES, struct hop, moment));

static void looked_up(struct client_call *base)
{
    moment_come(&container_of(base, struct hop, base)->moment);
}

static void ended(struct client_call *base)
{
    awaitable_cancel(&container_of(base, struct hop, base)->moment.awaitable);
}

void hop_init(struct hop *hop, struct client_calls *calls,
              const struct call_options *options)
{
    static const struct client_call_ops ops = {.looked_up = looked_up,
                                               .ended = ended};
    client_call_init(&hop->base, calls, options, &ops);
    moment_init(&hop->moment, calls->loop);
}

void hop_deinit(struct hop *hop)
{
    client_call_deinit(&hop->base);
}

/* ---- resolve, connect, transfer ---- */

static struct outcome hop(struct generator *self, struct outcome got)
{
    CO_FRAME(struct hop, f);
    struct client_call *const base = &f->base;
    struct call *const call = &base->call;
    CO_BEGIN;

    base->watch.handle.run = on_ready;
    if (!client_call_use_kept(base) &&
        call_need(call) == CALL_NEEDS_ADDRESSES) {
        client_call_look_up(base);
        CO_AWAIT(moment_next(&f->moment));
    }
    while (call_need(call) == CALL_NEEDS_CONNECTION) {
        client_call_connect(base);
        CO_AWAIT(moment_next(&f->moment));
        client_call_connected(base);
    }
    while (call_need(call) == CALL_NEEDS_TRANSFER) {
        client_call_transfer(base);
        CO_AWAIT(moment_next(&f->moment));
        client_call_receive(base);
    }

    CO_END;
}

WAIT_SHAPE_BY(hop, "a hop", struct hop, frame.generator,
              WAIT_PART(WAIT_WATCH, struct hop, base.watch),
              WAIT_PART(WAIT_ON, struct hop, base.resolution.query),
              WAIT_PART(WAIT_TIMER, struct hop, base.end));

struct generator *hop_begin(struct hop *mine)
{
    return frame_init(&mine->frame, hop);
}
