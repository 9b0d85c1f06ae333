/* SPDX-License-Identifier: MIT */
#include "coroutines/stream_reader.h"

#include "base/contract.h"
#include "callbacks/wait_shape.h"

#include <errno.h>
#include <limits.h>

static const struct failure_type eof_type = {"EOFError", NULL};
const struct failure_type incomplete_read_type = {"IncompleteReadError",
                                                  &eof_type};
const struct failure_type limit_overrun_type = {"LimitOverrunError", NULL};
const struct failure_type line_too_long_type = {"ValueError", NULL};

static const struct awaitable_ops reader_ops;

static struct stream_reader *reader_of(const struct awaitable *awaitable)
{
    return container_of(awaitable, struct stream_reader, awaitable);
}

void reader_init(struct stream_reader *reader, struct loop *loop, size_t limit)
{
    REQUIRE(limit > 0, "reader_init: the limit is not 0");
    *reader =
        (struct stream_reader){.awaitable.ops = &reader_ops, .limit = limit};
    moment_init(&reader->moment, loop);
}

void reader_deinit(struct stream_reader *reader)
{
    buffer_deinit(&reader->kept);
    reader->taken = 0;
    outcome_drop(outcome_take(&reader->failure));
}

void reader_set_transport(struct stream_reader *reader,
                          struct transport *transport)
{
    reader->transport = transport;
}

/* ---- the bytes that are there ---- */

static struct slice available(const struct stream_reader *reader)
{
    if (reader->arriving.size > 0)
        return reader->arriving;
    return slice_behind(buffer_slice(&reader->kept), reader->taken);
}

/* A reader that waits holds no buffer: an empty one is freed. */
static void consume(struct stream_reader *reader, size_t count)
{
    if (reader->arriving.size > 0) {
        reader->arriving = slice_behind(reader->arriving, count);
        return;
    }
    reader->taken += count;
    if (reader->taken < reader->kept.size)
        return;
    buffer_deinit(&reader->kept);
    reader->taken = 0;
}

/* Removes the bytes that are gone once they are half of all, so that each byte
 * is moved at most once. */
static int keep_bytes(struct stream_reader *reader, struct slice bytes)
{
    struct buffer *kept = &reader->kept;
    if (reader->taken > 0 && reader->taken >= kept->size / 2) {
        kept->size -= reader->taken;
        memmove(kept->data, kept->data + reader->taken, kept->size);
        reader->taken = 0;
    }
    return buffer_append(kept, bytes.data, bytes.size);
}

/* ---- flow control ---- */

static void pause_if_too_much(struct stream_reader *reader)
{
    bool wants_more = reader->wish != READER_WAITS_NOT && !reader->moment.come;
    if (!reader->transport || reader->paused || wants_more ||
        available(reader).size <= 2 * reader->limit)
        return;
    reader->paused = true;
    transport_pause_reading(reader->transport);
}

static void resume_reader(struct stream_reader *reader)
{
    if (!reader->paused)
        return;
    reader->paused = false;
    transport_resume_reading(reader->transport);
}

static void resume_if_little(struct stream_reader *reader)
{
    if (available(reader).size <= reader->limit)
        resume_reader(reader);
}

void reader_set_limit(struct stream_reader *reader, size_t limit)
{
    REQUIRE(limit > 0, "reader_set_limit: the limit is not 0");
    reader->limit = limit;
    resume_if_little(reader);
}

/* ---- can the read be answered? ---- */

static bool is_beyond_limit(const struct stream_reader *reader)
{
    return reader->searched > reader->limit;
}

/* Goes on where the last search ended, however many pieces a line comes in. */
static bool has_found(struct stream_reader *reader)
{
    struct slice bytes = available(reader), separator = reader->separator;
    if (reader->found || bytes.size < reader->searched + separator.size)
        return reader->found;
    struct slice rest = slice_behind(bytes, reader->searched);
    const char *found =
        memmem(rest.data, rest.size, separator.data, separator.size);
    reader->found = found != NULL;
    reader->searched =
        found ? (size_t)(found - bytes.data) : bytes.size + 1 - separator.size;
    return reader->found;
}

static bool is_fulfilled(struct stream_reader *reader)
{
    if (!outcome_is_none(&reader->failure))
        return true;
    switch (reader->wish) {
    case READER_SOME:
        return reader->eof || available(reader).size > 0;
    case READER_EXACTLY:
        return reader->eof || available(reader).size >= reader->count;
    case READER_LINE:
    case READER_UNTIL:
        return has_found(reader) || is_beyond_limit(reader) || reader->eof;
    case READER_ALL:
    case READER_WAITS_NOT:
        break;
    }
    return reader->eof;
}

static void wake_if_fulfilled(struct stream_reader *reader)
{
    if (reader->wish != READER_WAITS_NOT && !reader->moment.come &&
        is_fulfilled(reader))
        moment_come(&reader->moment);
}

/* ---- the outcome of a read ---- */

/* Without memory for a copy the bytes stay. */
static struct outcome take_bytes(struct stream_reader *reader, size_t count)
{
    struct slice bytes = available(reader);
    if (count < bytes.size)
        bytes.size = count;
    struct outcome taken = outcome_bytes(bytes);
    if (!outcome_is_failure(&taken))
        consume(reader, bytes.size);
    resume_if_little(reader);
    return taken;
}

static struct outcome take_all(struct stream_reader *reader)
{
    return take_bytes(reader, available(reader).size);
}

static int as_code(size_t count)
{
    return count > INT_MAX ? INT_MAX : (int)count;
}

static struct outcome incomplete(struct stream_reader *reader, size_t expected)
{
    struct outcome failure = outcome_fail(
        &incomplete_read_type, as_code(expected),
        expected ? "%zu bytes read on a total of %zu expected bytes"
                 : "%zu bytes read on a total of undefined expected bytes",
        available(reader).size, expected);
    return outcome_detailed(failure, take_all(reader));
}

static struct outcome take_exactly(struct stream_reader *reader)
{
    if (available(reader).size < reader->count)
        return incomplete(reader, reader->count);
    return take_bytes(reader, reader->count);
}

/* The bytes stay, except those of a line that is too long: half a line is of no
 * use. */
static struct outcome overrun(struct stream_reader *reader, bool is_line)
{
    const char *why =
        reader->found ? "Separator is found, but chunk is longer than limit"
                      : "Separator is not found, and chunk exceed the limit";
    if (is_line) {
        consume(reader, reader->found
                            ? reader->searched + reader->separator.size
                            : available(reader).size);
        resume_if_little(reader);
    }
    return outcome_fail(is_line ? &line_too_long_type : &limit_overrun_type,
                        as_code(reader->searched), "%s", why);
}

static struct outcome take_until(struct stream_reader *reader, bool is_line)
{
    if (is_beyond_limit(reader))
        return overrun(reader, is_line);
    if (reader->found)
        return take_bytes(reader, reader->searched + reader->separator.size);
    return is_line ? take_all(reader) : incomplete(reader, 0);
}

static struct outcome take_wish(struct stream_reader *reader)
{
    enum reader_wish wish = reader->wish;
    reader->wish = READER_WAITS_NOT;
    if (reader->moment.cancelled)
        return outcome_failure(&failure_cancelled);
    if (!outcome_is_none(&reader->failure))
        return outcome_share(&reader->failure);
    switch (wish) {
    case READER_SOME:
        return take_bytes(reader, reader->count);
    case READER_EXACTLY:
        return take_exactly(reader);
    case READER_LINE:
    case READER_UNTIL:
        return take_until(reader, wish == READER_LINE);
    case READER_ALL:
    case READER_WAITS_NOT:
        break;
    }
    return take_all(reader);
}

/* ---- reading ---- */

static struct outcome read_as(struct stream_reader *reader,
                              enum reader_wish wish, size_t count,
                              struct slice separator)
{
    if (reader->wish != READER_WAITS_NOT)
        return outcome_fail(&misuse_type, -EBUSY,
                            "read called while other code is already waiting "
                            "for incoming data");
    reader->wish = wish;
    reader->count = count;
    reader->separator = separator;
    reader->searched = 0;
    reader->found = false;
    reader->moment.come = reader->moment.cancelled = false;
    if (is_fulfilled(reader))
        return take_wish(reader);
    resume_reader(reader);
    return outcome_pending(&reader->awaitable);
}

struct outcome reader_read(struct stream_reader *reader, size_t count)
{
    if (count == 0 && outcome_is_none(&reader->failure))
        return outcome_none();
    return read_as(reader, READER_SOME, count, (struct slice){0});
}

struct outcome reader_read_all(struct stream_reader *reader)
{
    return read_as(reader, READER_ALL, 0, (struct slice){0});
}

struct outcome reader_readexactly(struct stream_reader *reader, size_t count)
{
    if (count == 0 && outcome_is_none(&reader->failure))
        return outcome_none();
    return read_as(reader, READER_EXACTLY, count, (struct slice){0});
}

struct outcome reader_readline(struct stream_reader *reader)
{
    return read_as(reader, READER_LINE, 0, (struct slice){"\n", 1});
}

struct outcome reader_readuntil(struct stream_reader *reader,
                                struct slice separator)
{
    if (separator.size == 0)
        return outcome_fail(&misuse_type, -EINVAL,
                            "a separator is one byte long at least");
    return read_as(reader, READER_UNTIL, 0, separator);
}

bool reader_at_eof(const struct stream_reader *reader)
{
    return reader->eof && available(reader).size == 0;
}

const struct failure *reader_exception(const struct stream_reader *reader)
{
    return outcome_is_none(&reader->failure) ? NULL : reader->failure.failure;
}

/* ---- feeding ---- */

int reader_feed_data(struct stream_reader *reader, struct slice bytes)
{
    REQUIRE(!reader->eof, "reader_feed_data: not after reader_feed_eof");
    if (bytes.size == 0)
        return 0;
    int error = 0;
    if (reader->moment.waiter && reader->kept.size == 0)
        reader->arriving = bytes;
    else
        error = keep_bytes(reader, bytes);
    wake_if_fulfilled(reader);
    struct slice rest = reader->arriving;
    reader->arriving = (struct slice){0};
    if (rest.size > 0)
        error = keep_bytes(reader, rest);
    pause_if_too_much(reader);
    return error;
}

void reader_feed_eof(struct stream_reader *reader)
{
    reader->eof = true;
    wake_if_fulfilled(reader);
}

void reader_set_exception(struct stream_reader *reader, struct outcome failure)
{
    if (outcome_is_none(&reader->failure))
        reader->failure = failure;
    else
        outcome_drop(failure);
    wake_if_fulfilled(reader);
}

/* ---- as an awaitable ---- */

static struct awaitable *moment_of(const struct awaitable *awaitable)
{
    return &reader_of(awaitable)->moment.awaitable;
}

static bool reader_is_ready(const struct awaitable *awaitable)
{
    return awaitable_ready(moment_of(awaitable));
}

static struct outcome reader_take(struct awaitable *awaitable)
{
    return take_wish(reader_of(awaitable));
}

static void reader_notify(struct awaitable *awaitable, struct handle *handle)
{
    awaitable_notify(moment_of(awaitable), handle);
}

static void reader_withdraw(struct awaitable *awaitable, struct handle *handle)
{
    awaitable_withdraw(moment_of(awaitable), handle);
}

static bool reader_cancel(struct awaitable *awaitable)
{
    return awaitable_cancel(moment_of(awaitable));
}

static void reader_drop(struct awaitable *awaitable)
{
    reader_of(awaitable)->wish = READER_WAITS_NOT;
}

static const struct awaitable_ops reader_ops = {
    .name = "read",
    .ready = reader_is_ready,
    .take = reader_take,
    .notify = reader_notify,
    .withdraw = reader_withdraw,
    .cancel = reader_cancel,
    .drop = reader_drop,
};
WAIT_SHAPE(reader_ops, "read", struct stream_reader, awaitable,
           WAIT_PART(WAIT_BY, struct stream_reader, transport));
