/* SPDX-License-Identifier: MIT */
/* The client of the talk: open_connection, write, read until all is there. It
 * is a Task like that of tasks.c, with the same hops, but it reads from and
 * writes to a stream. Nothing here deals with readiness of descriptors.
 *
 * The addresses are raced as everywhere, so the socket is connected when the
 * stream is opened: open_connection(sock=...).
 */
#include "coroutines/coroutines.h"

#include "callbacks/handle_name.h"
#include "callbacks/loop_batch.h"
#include "callbacks/moment.h"
#include "callbacks/wait_shape.h"
#include "coroutines/frame.h"
#include "coroutines/open_connection.h"
#include "coroutines/task.h"

/* One hop of a page. */
struct stream_hop {
    struct client_call base;
    struct moment moment; /* for what comes from the loop, and a next page */
    struct streams streams;
    struct stream *stream; /* NULL: there is no connection */
    bool rests;            /* it is kept, and no request is under way */
    bool idles;            /* it waits for the next page */
    struct frame frame;
};

struct stream_client {
    struct client client; /* first: what the batch knows of it */
    struct stream_hop hop;
    struct task task;
    struct frame frame;
};

/* ---- what the loop tells ---- */

static void on_ready(struct handle *handle)
{
    moment_come(
        &container_of(handle, struct stream_hop, base.watch.handle)->moment);
}
HANDLE_NAME(on_ready, "the stream of a page", client_call_describe_watch);
WAIT_SHAPE_BY(on_ready, "a hop", struct stream_hop, base.watch.handle,
              WAIT_PART(WAIT_COMES, struct stream_hop, moment));

static void looked_up(struct client_call *base)
{
    moment_come(&container_of(base, struct stream_hop, base)->moment);
}

/* The call has ended: cancels whatever the client waits for. */
static void ended(struct client_call *base)
{
    struct stream_client *client =
        container_of(base, struct stream_client, hop.base);
    task_cancel(&client->task);
    task_uncancel(&client->task);
}

/* ---- the connection that is kept ---- */

static void drop_stream(struct stream_hop *hop)
{
    kept_connection_deinit(&hop->base.kept);
    stream_drop(hop->stream);
    hop->stream = NULL;
    hop->rests = false;
}

/* Cuts the connection and waits for its end, because its descriptor is free
 * only then, and the next connection may need it. */
static struct outcome end_stream(struct stream_hop *hop)
{
    if (!hop->stream)
        return outcome_none();
    stream_abort(hop->stream);
    return stream_wait_closed(hop->stream);
}

/* No request is under way: the server has closed it, or sends unasked bytes. */
static void on_unasked(struct handle *handle)
{
    struct stream_hop *hop =
        container_of(handle, struct stream_hop, base.watch.handle);
    outcome_drop(awaitable_take(&hop->stream->reader.awaitable));
    drop_stream(hop);
}
HANDLE_NAME(on_unasked, "a kept connection", NULL);

static bool rest(struct stream_hop *hop)
{
    struct handle *handle = &hop->base.watch.handle;
    struct outcome unasked = stream_read(hop->stream, 1);
    hop->rests = outcome_is_pending(&unasked);
    if (hop->rests) {
        handle->run = on_unasked;
        awaitable_notify(unasked.awaitable, handle);
    } else {
        outcome_drop(unasked);
    }
    return hop->rests;
}

static void rest_no_more(struct stream_hop *hop)
{
    struct awaitable *unasked = &hop->stream->reader.awaitable;
    awaitable_withdraw(unasked, &hop->base.watch.handle);
    awaitable_drop(unasked);
    hop->rests = false;
}

static bool use_kept(struct stream_hop *hop)
{
    struct client_call *base = &hop->base;
    if (!hop->rests)
        return false;
    rest_no_more(hop);
    bool serves = call_accepts_kept(&base->call, &base->kept) &&
                  kept_connection_is_silent(&base->kept, stream_fd(hop->stream),
                                            monotonic_now());
    if (serves)
        call_connected(&base->call, &base->kept, client_call_now(base));
    return serves;
}

/* The hop is over: keeps its connection, or cuts it. */
static bool keeps_stream(struct stream_hop *hop)
{
    client_call_rest(&hop->base);
    if (hop->stream && call_may_reuse(&hop->base.call) && rest(hop))
        return true;
    client_call_end_hop(&hop->base);
    return false;
}

/* ---- resolve, connect, transfer ---- */

/* Writes all that the call wants to send: the stream keeps what cannot leave
 * now. */
static void write_all(struct stream_hop *hop)
{
    struct call *call = &hop->base.call;
    while (call_wants(call) & WANTS_WRITE) {
        struct slice output = call_output(call);
        stream_write(hop->stream, output);
        call_sent(call, (ssize_t)output.size, client_call_now(&hop->base));
    }
    client_call_wait(&hop->base);
}

/* Reports bytes, the end or an error to the call; but not that this function is
 * to end. */
static void receive_response(struct stream_hop *hop, const struct outcome *got)
{
    struct client_call *base = &hop->base;
    struct slice bytes = outcome_slice(got);
    ssize_t count = outcome_is_failure(got) ? (ssize_t)got->failure->code
                                            : (ssize_t)bytes.size;
    kept_connection_rest(&base->kept, monotonic_now());
    call_received(&base->call, bytes.data, count, client_call_now(base));
}

static struct outcome hop(struct generator *self, struct outcome got)
{
    CO_FRAME(struct stream_hop, f);
    struct client_call *const base = &f->base;
    struct call *const call = &base->call;
    CO_BEGIN;

    if (!use_kept(f)) {
        CO_TRY_AWAIT(end_stream(f));
        drop_stream(f);
        if (outcome_is_failure(&got) &&
            !outcome_failed_with(&got, &system_type))
            CO_RETURN(got);
        outcome_drop(got); /* of the old connection */
    }
    if (call_need(call) == CALL_NEEDS_ADDRESSES) {
        client_call_look_up(base);
        CO_AWAIT(moment_next(&f->moment));
    }
    while (call_need(call) == CALL_NEEDS_CONNECTION) {
        base->watch.handle.run = on_ready;
        client_call_connect(base);
        CO_AWAIT(moment_next(&f->moment));
        client_call_connected(base);
    }
    if (call_need(call) == CALL_NEEDS_TRANSFER && !f->stream) {
        CO_AWAIT(
            open_connection_on(&f->streams, client_call_take_socket(base)));
        f->stream = got.pointer;
    }
    while (call_need(call) == CALL_NEEDS_TRANSFER) {
        write_all(f);
        CO_TRY_AWAIT(stream_read(f->stream, STREAM_LIMIT));
        if (outcome_is_failure(&got) &&
            !outcome_failed_with(&got, &system_type))
            CO_RETURN(got);
        receive_response(f, &got);
        outcome_drop(got);
    }

    CO_END;
}

WAIT_SHAPE_BY(hop, "a hop", struct stream_hop, frame.generator,
              WAIT_PART(WAIT_WATCH, struct stream_hop, base.watch),
              WAIT_PART(WAIT_ON, struct stream_hop, base.resolution.query),
              WAIT_PART(WAIT_TIMER, struct stream_hop, base.end));

/* ---- page after page ---- */

/* Failures are noted in the call, except a lack of memory. */
static void note_failure(struct client_call *base, const struct outcome *got)
{
    if (outcome_failed_with(got, &system_type))
        call_fail(&base->call, fetch_error_from_errno(got->failure->code),
                  got->failure->code, client_call_now(base));
}

static struct outcome work(struct generator *self, struct outcome got)
{
    CO_FRAME(struct stream_client, f);
    struct client_call *const base = &f->hop.base;
    CO_BEGIN;

    for (;;) {
        f->hop.idles = true;
        while (f->client.state != CLIENT_WORKS)
            CO_AWAIT(moment_next(&f->hop.moment));
        f->hop.idles = false;
        while (call_need(&base->call) != CALL_IS_DONE) {
            CO_TRY_YIELD_FROM(frame_init(&f->hop.frame, hop));
            note_failure(base, &got);
            if (outcome_failed_with(&got, &generator_exit_type))
                CO_RETURN(got);
            outcome_drop(got);
            if (keeps_stream(&f->hop))
                continue;
            CO_TRY_AWAIT(end_stream(&f->hop));
            drop_stream(&f->hop);
            if (outcome_failed_with(&got, &generator_exit_type))
                CO_RETURN(got);
            outcome_drop(got);
        }
        loop_batch_done(&f->client);
    }

    CO_END;
}

WAIT_SHAPE_BY(work, "the next page", struct stream_client, frame.generator,
              WAIT_PART(WAIT_NOTHING, struct stream_client, hop.moment));

/* ---- the contestant ---- */

static struct stream_client *client_of(struct client *client)
{
    return container_of(client, struct stream_client, client);
}

static void client_init(struct client *client)
{
    static const struct client_call_ops ops = {.looked_up = looked_up,
                                               .ended = ended};
    struct stream_client *one = client_of(client);
    struct client_calls *calls = loop_batch_calls(client);
    client_call_init(&one->hop.base, calls, client->batch->batch->options,
                     &ops);
    client->call = &one->hop.base.call;
    moment_init(&one->hop.moment, calls->loop);
    streams_init(&one->hop.streams, &calls->transports);
    task_init(&one->task, calls->loop, frame_init(&one->frame, work));
}

static void client_deinit(struct client *client)
{
    struct stream_client *one = client_of(client);
    task_close(&one->task);
    task_unref(&one->task);
    if (one->hop.rests)
        rest_no_more(&one->hop);
    drop_stream(&one->hop);
    streams_deinit(&one->hop.streams);
    client_call_deinit(&one->hop.base);
}

/* Its next page has begun. If work() is not waiting for one, it finds that out
 * itself. */
static void client_hop(struct client *client)
{
    moment_come(&client_of(client)->hop.moment);
}

/* The page may not have begun yet. */
static void client_give_up(struct client *client)
{
    struct stream_client *one = client_of(client);
    if (one->hop.idles)
        moment_come(&one->hop.moment);
    else
        client_call_give_up(&one->hop.base);
}

int streams_run(struct batch *batch, const struct selector_ops *selector,
                const struct clock *clock)
{
    static const struct client_ops ops = {
        .size = sizeof(struct stream_client),
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
    return streams_run(batch, &epoll_selector, &monotonic_clock);
}

const struct model streams_model = {
    .name = "streams",
    .family = "coroutines",
    .summary = "one thread and an event loop; Tasks that read from streams and "
               "write to them",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = run_on_epoll,
};
