/* SPDX-License-Identifier: MIT */
/* What comes in on a connection, for code that reads from top to bottom:
 * asyncio's StreamReader (ST1 to ST5 in the tests).
 *
 *     for (;;) {
 *         CO_AWAIT(reader_readline(reader));
 *         if (outcome_is_none(&got))
 *             break;                                  that was the end
 *         ... outcome_slice(&got) is the line, with its '\n' ...
 *         outcome_drop(got);
 *     }
 *
 * What is read is a read_bytes_kind (bytes_value.h), or None where Python has
 * b''. One read at a time: a second one fails with RuntimeError (ST5). A read
 * that is cancelled or dropped has taken nothing.
 *
 * Reads wait without a Future: the waiting code goes on inside the call that
 * feeds the reader, in the same turn. So only a callback of the loop may feed
 * it. While code waits and enough comes, nothing is copied into the reader: the
 * read takes its bytes from where they have arrived.
 */
#ifndef COROUTINES_STREAM_READER_H
#define COROUTINES_STREAM_READER_H

#include "callbacks/awaitable.h"
#include "callbacks/failure.h"
#include "callbacks/moment.h"
#include "callbacks/transport.h"
#include "coroutines/bytes_value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The longest line, and half of what is kept before the peer has to wait. */
enum { STREAM_LIMIT = 64 * 1024 };

/* EOFError: the end came too early. The detail is the bytes that did come;
 * `code` is how many were expected, or 0 if that was not a number. */
extern const struct failure_type incomplete_read_type;

/* The failure of readuntil when there is no separator within the limit. `code`
 * is how many bytes were searched; they are still there. */
extern const struct failure_type limit_overrun_type;

/* ValueError: a line is longer than the limit, and was dropped. */
extern const struct failure_type line_too_long_type;

enum reader_wish {
    READER_WAITS_NOT,
    READER_SOME,    /* at least a byte */
    READER_EXACTLY, /* `count` of them */
    READER_ALL,     /* up to the end */
    READER_LINE,
    READER_UNTIL, /* the separator */
};

/* Storage that is the caller's. */
struct stream_reader {
    struct awaitable awaitable; /* the read that is under way */

    /* the reader's; inspectors may read */
    struct moment moment;        /* the read's wait */
    struct transport *transport; /* that is paused when too much comes; NULL */
    size_t limit;
    struct buffer kept;     /* what no code has asked for yet, ... */
    size_t taken;           /* ... of which this much is gone */
    struct slice arriving;  /* what is being fed, when nothing is kept */
    struct outcome failure; /* with which every read fails; or None */
    enum reader_wish wish;
    bool found;             /* the separator is behind `searched` bytes */
    bool eof;               /* no more will come */
    bool paused;            /* the transport was asked not to read */
    size_t count;           /* of READER_SOME and READER_EXACTLY: how many */
    struct slice separator; /* of the others; lent */
    size_t searched;        /* no separator begins in these first bytes */
};

/* `limit` is in bytes, and not 0. */
void reader_init(struct stream_reader *reader, struct loop *loop, size_t limit);

/* Contract: no code waits. Harmless when done twice. */
void reader_deinit(struct stream_reader *reader);

/* The transport to pause once more than twice the limit is kept, and to resume
 * at the limit (ST1). Borrowed. */
void reader_set_transport(struct stream_reader *reader,
                          struct transport *transport);

/* Another limit, in bytes and not 0, from now on. */
void reader_set_limit(struct stream_reader *reader, size_t limit);

/* ---- reading ---- */

/* At most `count` bytes, and one at least, unless `count` is 0; None at the end
 * (ST2). */
OUTCOME_OWNED struct outcome reader_read(struct stream_reader *reader,
                                         size_t count);

/* All up to the end, however much that is. */
OUTCOME_OWNED struct outcome reader_read_all(struct stream_reader *reader);

/* `count` bytes, which may be more than the limit; or incomplete_read_type
 * (ST3). */
OUTCOME_OWNED struct outcome reader_readexactly(struct stream_reader *reader,
                                                size_t count);

/* A line with its '\n'; the last one may have none; None at the end. One beyond
 * the limit is dropped, as far as it has come: line_too_long_type (ST3). */
OUTCOME_OWNED struct outcome reader_readline(struct stream_reader *reader);

/* Up to the separator and with it; or incomplete_read_type, or
 * limit_overrun_type, which leaves the bytes where they are (ST4). An empty
 * separator is a RuntimeError. It is lent until the read is over. */
OUTCOME_OWNED struct outcome reader_readuntil(struct stream_reader *reader,
                                              struct slice separator);

/* Has everything been read, and will nothing more come? */
bool reader_at_eof(const struct stream_reader *reader);

/* The failure of every read from now on, lent; or NULL. */
const struct failure *reader_exception(const struct stream_reader *reader);

/* ---- feeding: from a callback of the loop only ---- */

/* 0, or -ENOMEM and then the bytes are lost: set an exception. Contract: not
 * after reader_feed_eof. */
int reader_feed_data(struct stream_reader *reader, struct slice bytes);

void reader_feed_eof(struct stream_reader *reader);

/* Takes the failure over. A second one is dropped. */
void reader_set_exception(struct stream_reader *reader, struct outcome failure);

#ifdef __cplusplus
}
#endif

#endif
