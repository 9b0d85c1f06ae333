/* SPDX-License-Identifier: MIT */
#include "coroutines/stream.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"
#include "coroutines/shield.h"

#include <errno.h>
#include <stdlib.h>

static struct stream *stream_of(struct protocol *protocol)
{
    return container_of(protocol, struct stream, protocol);
}

static void tell_stream(struct stream *stream)
{
    if (stream->told)
        stream->told(stream);
}

/* ---- allocated only once code waits: most streams never need it ---- */

struct stream_waits {
    struct stream *stream;
    struct future *writable; /* what drain waits for; NULL: no code waits */
    struct future *closed;   /* the same for wait_closed */
    struct handle turn;      /* of a drain after close */
};

/* What both awaitables are. */
struct stream_wait {
    struct future future;
    struct transport *transport; /* for inspection; good while it is pending */
};

static void drain_free(struct future *future)
{
    free(container_of(future, struct stream_wait, future));
}
WAIT_SHAPE_BY(drain_free, "drain", struct stream_wait, future,
              WAIT_PART(WAIT_BY, struct stream_wait, transport));

static void closed_free(struct future *future)
{
    free(container_of(future, struct stream_wait, future));
}
WAIT_SHAPE_BY(closed_free, "wait_closed", struct stream_wait, future,
              WAIT_PART(WAIT_BY, struct stream_wait, transport));

/* All that waited may have been cancelled: then the failure is not reported. */
static void end_wait(struct future **waited, int error)
{
    struct future *future = *waited;
    const struct outcome *outcome;
    if (!future)
        return;
    *waited = NULL;
    future_finish(future, error ? outcome_errno(error) : outcome_none());
    future_result(future, &outcome);
    future_unref(future);
}

/* Ends a drain of a closed stream, which has waited for one turn. */
static void on_turn(struct handle *handle)
{
    struct stream_waits *waits =
        container_of(handle, struct stream_waits, turn);
    if (!waits->stream->paused)
        end_wait(&waits->writable, 0);
}
HANDLE_NAME(on_turn, "drain after close", NULL);

/* NULL: no memory. */
static struct stream_waits *waits_of(struct stream *stream)
{
    if (stream->waits)
        return stream->waits;
    struct stream_waits *waits = calloc(1, sizeof *waits);
    if (waits) {
        waits->stream = stream;
        waits->turn.run = on_turn;
    }
    return stream->waits = waits;
}

static struct future *stream_wait_new(struct stream *stream,
                                      void (*release)(struct future *))
{
    struct stream_wait *wait = malloc(sizeof *wait);
    if (!wait)
        return NULL;
    future_init(&wait->future, stream_loop(stream));
    wait->future.release = release;
    wait->transport = stream->transport;
    return &wait->future;
}

static struct outcome wait_for(struct stream *stream, struct future **future,
                               void (*release)(struct future *))
{
    if (!*future)
        *future = stream_wait_new(stream, release);
    return *future ? future_await_shielded(*future)
                   : outcome_failure(&failure_no_memory);
}

static void end_waits(struct stream *stream, int writable, int closed)
{
    if (!stream->waits)
        return;
    end_wait(&stream->waits->writable, writable);
    end_wait(&stream->waits->closed, closed);
}

/* ---- the protocol ---- */

static void on_made(struct protocol *protocol, struct transport *transport)
{
    struct stream *stream = stream_of(protocol);
    stream->transport = transport;
    reader_set_transport(&stream->reader, transport);
    tell_stream(stream);
}

static void on_data(struct protocol *protocol, struct slice data)
{
    struct stream *stream = stream_of(protocol);
    int error = reader_feed_data(&stream->reader, data);
    if (error)
        transport_abort(stream->transport, error);
}

/* The other direction stays open. */
static bool on_eof(struct protocol *protocol)
{
    reader_feed_eof(&stream_of(protocol)->reader);
    return true;
}

/* Code that goes on in here may drop the stream, so `over` is set at the very
 * end. */
static void on_lost(struct protocol *protocol, int error)
{
    struct stream *stream = stream_of(protocol);
    stream->lost = true;
    stream->error = error;
    end_waits(stream, error ? error : -ECONNRESET, error);
    if (error)
        reader_set_exception(&stream->reader, outcome_errno(error));
    else
        reader_feed_eof(&stream->reader);
    stream->over = true;
    tell_stream(stream);
}

static void on_pause(struct protocol *protocol)
{
    stream_of(protocol)->paused = true;
}

static void on_resume(struct protocol *protocol)
{
    struct stream *stream = stream_of(protocol);
    stream->paused = false;
    if (stream->waits)
        end_wait(&stream->waits->writable, 0);
}

static const struct protocol_ops stream_protocol = {
    .connection_made = on_made,
    .data_received = on_data,
    .eof_received = on_eof,
    .connection_lost = on_lost,
    .pause_writing = on_pause,
    .resume_writing = on_resume,
};
WAIT_SHAPE(stream_protocol, "a stream", struct stream, protocol,
           WAIT_PART(WAIT_COMES, struct stream, reader.moment));

void stream_init(struct stream *stream, struct loop *loop, size_t limit)
{
    *stream = (struct stream){.protocol.ops = &stream_protocol};
    reader_init(&stream->reader, loop, limit);
}

void stream_dispose(struct stream *stream)
{
    end_waits(stream, 0, 0);
    if (stream->waits)
        loop_cancel(stream_loop(stream), &stream->waits->turn);
    free(stream->waits);
    reader_deinit(&stream->reader);
}

/* ---- writing ---- */

struct outcome stream_drain(struct stream *stream)
{
    const struct failure *failure = reader_exception(&stream->reader);
    if (failure)
        return outcome_failure(failure_ref(failure));
    if (stream->lost)
        return outcome_errno(-ECONNRESET);
    if (!stream->paused && !stream_is_closing(stream))
        return outcome_none();
    struct stream_waits *waits = waits_of(stream);
    if (!waits)
        return outcome_failure(&failure_no_memory);
    if (stream_is_closing(stream))
        loop_call_soon(stream_loop(stream), &waits->turn);
    return wait_for(stream, &waits->writable, drain_free);
}

void stream_close(struct stream *stream)
{
    stream->closing = true;
    if (stream->transport && !stream->lost)
        transport_close(stream->transport);
}

void stream_abort(struct stream *stream)
{
    stream->closing = true;
    if (stream->transport && !stream->lost)
        transport_abort(stream->transport, 0);
}

struct outcome stream_wait_closed(struct stream *stream)
{
    if (stream->lost)
        return stream->error ? outcome_errno(stream->error) : outcome_none();
    struct stream_waits *waits = waits_of(stream);
    return waits ? wait_for(stream, &waits->closed, closed_free)
                 : outcome_failure(&failure_no_memory);
}
