/* SPDX-License-Identifier: MIT */
/* Most requests come whole, in one read; a half-read one keeps a reader until
 * the rest has come. */
#include "harness/origin/requests.h"

#include "harness/origin/behaviours.h"
#include "harness/origin/connection_internal.h"
#include "harness/origin/fixed.h"
#include "harness/origin/paths.h"
#include "harness/origin/server_internal.h"
#include "harness/spin.h"

#include <stdio.h>

/* The largest body that is kept. */
enum { ECHO_MAX = 1024 * 1024 };

static void drop_reader(struct connection *connection)
{
    readers_give_back(&connection->origin->readers, connection->reader);
    connection->reader = NULL;
}

/* ---- from a request to its answer ---- */

/* Refuses bytes that are not a proper request: one answer, and nothing more is
 * read. */
static void refuse_request(struct connection *connection, int status,
                           struct response_terms terms, const char *sentence)
{
    struct asked asked = {.refused = status,
                          .terms = terms,
                          .status = ASKED_UNSAID,
                          .bytes = ASKED_UNSAID,
                          .seed = ASKED_UNSAID};
    snprintf(asked.sentence, sizeof asked.sentence, "%s.", sentence);
    stats_error(&connection->origin->stats, connection->run);
    if (behaviours_refuse(connection, &asked))
        connection_starve(connection);
    else
        connection_answer(connection);
}

static void refuse_bytes(struct connection *connection)
{
    const struct reader *reader = connection->reader;
    const struct server_request *request = &reader->request;
    enum message_error error = request->message.error;
    bool kept = request->message.body != NULL;
    const char *sentence = error == MESSAGE_BODY_TOO_LARGE && kept
                               ? "At most 1 MiB is echoed"
                               : message_error_sentence(error);
    int status = request->refusal;
    struct response_terms terms = server_request_terms(request);
    drop_reader(connection);
    refuse_request(connection, status, terms, sentence);
}

static int prepare_answer(struct connection *connection, struct asked *asked)
{
    if (!asked->refused) {
        int error = asked->behaviour->prepare(connection, asked);
        connection->delay = nanos_after(connection->delay, asked->delay);
        if (asked->work)
            spin_for(asked->work);
        return error;
    }
    stats_error(&connection->origin->stats, connection->request_run);
    return behaviours_refuse(connection, asked);
}

/* The request is there. `raw` is all of it, if it came in one piece. */
static void begin_request(struct connection *connection, struct slice raw)
{
    struct origin *origin = connection->origin;
    struct asked *asked = &connection->reader->asked;
    struct run *run = NULL;
    asked->terms = server_request_terms(&connection->reader->request);
    connection->since = loop_time(origin->loop);
    if (!asked->behaviour || !(asked->behaviour->flags & IS_UNCOUNTED)) {
        run = stats_run(&origin->stats, asked->run, connection->since,
                        fixed_forget_run, origin->fixed);
        connection_count(connection, run);
    }
    int error = prepare_answer(connection, asked);
    if (behaviours_is_fixed(asked))
        fixed_remember(origin->fixed, raw, run);
    drop_reader(connection);
    if (error)
        connection_starve(connection);
    else
        connection_answer(connection);
}

/* ---- from bytes to a request ---- */

/* The head is there, and a body follows: reads it, unless the path answers
 * without it. */
static void decide_on_body(struct connection *connection)
{
    struct reader *reader = connection->reader;
    struct asked *asked = &reader->asked;
    unsigned flags = asked->behaviour ? asked->behaviour->flags : 0;
    if (flags & ANSWERS_EARLY && !asked->refused) {
        begin_request(connection, (struct slice){NULL, 0});
        return;
    }
    bool keeps = flags & KEEPS_BODY;
    int error = server_request_accept(
        &reader->request, keeps ? &reader->body : NULL,
        keeps ? ECHO_MAX : UINT64_MAX, &connection->answer.response);
    if (error)
        connection_starve(connection);
    else if (reader->request.state == SERVER_REQUEST_IS_REFUSED)
        refuse_bytes(connection);
    else
        connection_send_interim(connection);
}

/* Feeds the parser up to the next decision, and returns how much it took.
 * `whole`: `data` is the beginning of the request. */
static size_t feed_request(struct connection *connection, const char *data,
                           size_t size, bool whole)
{
    struct reader *reader = connection->reader;
    struct server_request *request = &reader->request;
    bool in_body = message_has_head(&request->message);
    size_t taken = server_request_feed(request, data, size);
    if (in_body)
        connection->since = loop_time(connection->origin->loop);
    else if (message_has_head(&request->message))
        paths_ask(&reader->asked, &request->message);
    switch (request->state) {
    case SERVER_REQUEST_NEEDS_BYTES:
        break;
    case SERVER_REQUEST_NEEDS_CONSENT:
        decide_on_body(connection);
        break;
    case SERVER_REQUEST_IS_WHOLE:
        begin_request(connection, (struct slice){data, whole ? taken : 0});
        break;
    case SERVER_REQUEST_IS_REFUSED:
        refuse_bytes(connection);
        break;
    }
    return taken;
}

/* Feeds until the request is complete, or all is taken. */
static size_t take_request(struct connection *connection, const char *data,
                           size_t size)
{
    static const struct response_terms unread = {.minor_version = 1,
                                                 .unread = true};
    bool whole = !connection->reader;
    if (whole)
        connection->reader = readers_take(&connection->origin->readers);
    if (!connection->reader) {
        refuse_request(connection, 503, unread,
                       "Too many requests are half read");
        return size;
    }
    size_t taken = 0;
    while (taken < size && connection->reader &&
           connection->state == CONNECTION_READS) {
        taken += feed_request(connection, data + taken, size - taken, whole);
        whole = false;
    }
    return taken;
}

static size_t take_one(struct connection *connection, const char *data,
                       size_t size)
{
    struct fixed *fixed = connection->origin->fixed;
    if (connection->reader || !fixed_matches(fixed, data, size))
        return take_request(connection, data, size);
    size_t taken = fixed->request_size;
    if (fixed_answer(connection))
        connection_starve(connection);
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
        connection_starve(connection);
}
