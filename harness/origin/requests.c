/* SPDX-License-Identifier: MIT */
/* From bytes to requests. Most come whole, in one read; what is half read takes
 * a reader along until the rest has come. */
#include "harness/origin/behaviours.h"
#include "harness/origin/connection.h"
#include "harness/origin/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/* ---- readers ---- */

static struct reader *new_reader(void)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader)
        message_init(&reader->message, MESSAGE_REQUEST, &origin_limits);
    return reader;
}

void reader_free(struct reader *reader)
{
    if (!reader)
        return;
    message_deinit(&reader->message);
    buffer_deinit(&reader->body);
    free(reader);
}

static struct reader *take_reader(struct origin *origin)
{
    struct reader *reader = origin->spare;
    origin->spare = NULL;
    if (!reader && origin->readers < READERS_MAX)
        reader = new_reader();
    if (reader)
        origin->readers++;
    return reader;
}

void requests_drop_reader(struct connection *connection)
{
    struct origin *origin = connection->origin;
    struct reader *reader = connection->reader;
    connection->reader = NULL;
    if (!reader)
        return;
    origin->readers--;
    if (origin->spare) {
        reader_free(reader);
        return;
    }
    buffer_deinit(&reader->body);
    message_reset(&reader->message, false, NULL);
    origin->spare = reader;
}

/* ---- from a request to its answer ---- */

/* Something is wrong with the bytes: one answer, and no more is read. */
static void refuse(struct connection *connection, int status,
                   const char *sentence)
{
    struct asked asked = {.refused = status,
                          .minor_version = 1,
                          .status = ASKED_UNSAID,
                          .bytes = ASKED_UNSAID,
                          .seed = ASKED_UNSAID};
    snprintf(asked.sentence, sizeof asked.sentence, "%s.", sentence);
    stats_error(&connection->origin->stats, connection->run);
    requests_drop_reader(connection);
    if (behaviours_refuse(connection, &asked, false))
        connection->state = CONNECTION_CLOSED;
    else
        connection_answer(connection);
}

static int status_of(enum message_error error)
{
    switch (error) {
    case MESSAGE_LINE_TOO_LONG:
    case MESSAGE_HEAD_TOO_LARGE:
        return 431;
    case MESSAGE_BODY_TOO_LARGE:
        return 413;
    case MESSAGE_BAD_VERSION:
        return 505;
    case MESSAGE_NO_MEMORY:
        return 503;
    default:
        return 400;
    }
}

static int prepare(struct connection *connection, struct asked *asked)
{
    if (!asked->refused) {
        int error = asked->behaviour->prepare(connection, asked);
        connection->delay = nanos_after(connection->delay, asked->delay);
        return error;
    }
    stats_error(&connection->origin->stats, connection->request_run);
    return behaviours_refuse(connection, asked, true);
}

/* The request is there. `raw` is all of it, if it came in one piece. */
static void begin(struct connection *connection, struct slice raw)
{
    struct origin *origin = connection->origin;
    struct asked *asked = &connection->reader->asked;
    struct run *run = NULL;
    connection->since = loop_time(origin->loop);
    if (!asked->behaviour || !(asked->behaviour->flags & IS_UNCOUNTED)) {
        run = stats_run(&origin->stats, asked->run, connection->since,
                        origin_forget_run, origin);
        connection_count(connection, run);
    }
    int error = prepare(connection, asked);
    if (behaviours_is_fixed(asked))
        fixed_remember(&origin->fixed, raw, run);
    requests_drop_reader(connection);
    if (error)
        connection->state = CONNECTION_CLOSED;
    else
        connection_answer(connection);
}

/* ---- from bytes to a request ---- */

static void ask_for_body(struct connection *connection)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct message *message = &connection->reader->message;
    const char *expect = headers_find(&message->headers, "expect");
    if (expect && message->minor_version == 1 &&
        slice_equal_nocase(slice_of(expect), slice_of("100-continue")))
        send(connection->watch.fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL);
}

/* The head is there, the body perhaps not yet. */
static void on_head(struct connection *connection)
{
    struct reader *reader = connection->reader;
    asked_parse(&reader->asked, &reader->message);
    unsigned flags =
        reader->asked.behaviour ? reader->asked.behaviour->flags : 0;
    if (flags & KEEPS_BODY)
        reader->message.body = &reader->body;
    if (message_is_complete(&reader->message))
        return;
    if (flags & ANSWERS_EARLY && !reader->asked.refused)
        begin(connection, (struct slice){NULL, 0});
    else
        ask_for_body(connection);
}

/* The head line by line, so that what it says is known before its body is
 * taken in; then as much as there is. */
static size_t piece_of(const struct message *message, const char *data,
                       size_t size)
{
    if (message_has_head(message))
        return size;
    const char *end = memchr(data, '\n', size);
    return end ? (size_t)(end - data) + 1 : size;
}

/* Feeds one piece. How much of it was taken; all when it was bad. */
static size_t feed(struct connection *connection, const char *data, size_t size)
{
    struct reader *reader = connection->reader;
    struct message *message = &reader->message;
    bool had_head = message_has_head(message);
    ssize_t taken = message_feed(message, data, piece_of(message, data, size));
    if (taken < 0) {
        refuse(connection, status_of(message->error),
               message_error_sentence(message->error));
        return size;
    }
    if (had_head)
        connection->since = loop_time(connection->origin->loop);
    if (reader->body.size > ECHO_MAX) {
        refuse(connection, 413, "At most 1 MiB is echoed");
        return size;
    }
    if (!had_head && message_has_head(message))
        on_head(connection);
    return (size_t)taken;
}

/* Feeds until the request is complete, or all is taken. */
static size_t take_request(struct connection *connection, const char *data,
                           size_t size)
{
    bool whole = !connection->reader;
    if (whole)
        connection->reader = take_reader(connection->origin);
    if (!connection->reader) {
        refuse(connection, 503, "Too many requests are half read");
        return size;
    }
    size_t taken = 0;
    while (taken < size && connection->reader &&
           !message_is_complete(&connection->reader->message))
        taken += feed(connection, data + taken, size - taken);
    if (connection->reader && message_is_complete(&connection->reader->message))
        begin(connection, (struct slice){data, whole ? taken : 0});
    return taken;
}

static size_t take_one(struct connection *connection, const char *data,
                       size_t size)
{
    struct fixed *fixed = &connection->origin->fixed;
    if (connection->reader || !fixed_matches(fixed, data, size))
        return take_request(connection, data, size);
    size_t taken = fixed->request_size;
    if (fixed_answer(connection))
        connection->state = CONNECTION_CLOSED;
    return taken;
}

void requests_take(struct connection *connection, const char *data, size_t size)
{
    size_t taken = 0;
    if (connection->doomed)
        connection->state = CONNECTION_CLOSED;
    while (taken < size && connection->state == CONNECTION_READS)
        taken += take_one(connection, data + taken, size - taken);
    bool later = connection->state != CONNECTION_READS &&
                 connection->state != CONNECTION_DRAINS &&
                 connection->state != CONNECTION_CLOSED;
    if (later && taken < size &&
        buffer_append(&connection->pending, data + taken, size - taken))
        connection->state = CONNECTION_CLOSED;
}
