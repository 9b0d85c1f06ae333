/* SPDX-License-Identifier: MIT */
/* A connection for code that reads from top to bottom: asyncio's StreamReader
 * and StreamWriter in one, because they always come together (rules ST1 to ST6
 * in the tests).
 *
 *     CO_AWAIT(stream_readline(f->stream));
 *     stream_write(f->stream, outcome_slice(&got));
 *     CO_AWAIT(stream_drain(f->stream));
 *
 * It is a protocol, so it works on any transport. Streams are made by
 * open_connection.h and task_server.h; reading is explained in stream_reader.h.
 */
#ifndef COROUTINES_STREAM_H
#define COROUTINES_STREAM_H

#include "callbacks/transport.h"
#include "coroutines/future.h"
#include "coroutines/stream_reader.h"

#ifdef __cplusplus
extern "C" {
#endif

struct stream_waits;

struct stream {
    struct stream_reader reader;
    struct protocol protocol; /* give this one to a transport */
    /* Called when it is connected, and when it is over: then the storage may be
     * given back. May be NULL. */
    void (*told)(struct stream *stream);

    /* the stream's; you may read */
    struct transport *transport; /* NULL before it is connected */
    struct stream_waits *waits;  /* once code has waited in drain or wait_closed
                                  */
    int error;                   /* what it was lost with */
    bool paused;                 /* more is kept than the high-water mark */
    bool closing, lost;
    bool over; /* `told` is called, or was; nothing happens any more */
};

/* Storage that is the caller's, until `told` says that it is over, or until
 * stream_dispose if no transport was ever connected. `limit` as of reader_init.
 */
void stream_init(struct stream *stream, struct loop *loop, size_t limit);

/* Gives back what it holds. Contract: no transport tells it anything any more,
 * and no code waits. */
void stream_dispose(struct stream *stream);

static inline struct loop *stream_loop(const struct stream *stream)
{
    return stream->reader.moment.loop;
}

/* ---- reading: stream_reader.h says how ---- */

OUTCOME_OWNED static inline struct outcome stream_read(struct stream *stream,
                                                       size_t count)
{
    return reader_read(&stream->reader, count);
}

OUTCOME_OWNED static inline struct outcome
stream_read_all(struct stream *stream)
{
    return reader_read_all(&stream->reader);
}

OUTCOME_OWNED static inline struct outcome
stream_readexactly(struct stream *stream, size_t count)
{
    return reader_readexactly(&stream->reader, count);
}

OUTCOME_OWNED static inline struct outcome
stream_readline(struct stream *stream)
{
    return reader_readline(&stream->reader);
}

OUTCOME_OWNED static inline struct outcome
stream_readuntil(struct stream *stream, struct slice separator)
{
    return reader_readuntil(&stream->reader, separator);
}

static inline bool stream_at_eof(const struct stream *stream)
{
    return reader_at_eof(&stream->reader);
}

/* ---- writing ---- */

/* Never waits: what cannot leave now is kept. Code that writes much should wait
 * in stream_drain from time to time. Contract: it is connected. */
static inline void stream_write(struct stream *stream, struct slice bytes)
{
    transport_write(stream->transport, bytes);
}

/* Ends writing: the peer sees the end, and may go on sending. */
static inline void stream_write_eof(struct stream *stream)
{
    transport_write_eof(stream->transport);
}

/* None, when more may be written: at once, or pending until what is kept has
 * fallen to the low-water mark. Any number of Tasks may wait. Fails with what
 * the reader fails with; and with ConnectionResetError, -ECONNRESET, when the
 * connection is lost. If the transport is closing it waits for one turn, so
 * that a loop of writing and draining learns of the end (ST6). */
OUTCOME_OWNED struct outcome stream_drain(struct stream *stream);

/* Reads no more, sends what is kept, and ends. Harmless when done twice. */
void stream_close(struct stream *stream);

/* The same, but what is kept is dropped. */
void stream_abort(struct stream *stream);

static inline bool stream_is_closing(const struct stream *stream)
{
    return stream->closing || stream->lost ||
           (stream->transport && transport_is_closing(stream->transport));
}

/* Pending until the connection has ended: None, or what it was lost with. */
OUTCOME_OWNED struct outcome stream_wait_closed(struct stream *stream);

#ifdef __cplusplus
}
#endif

#endif
