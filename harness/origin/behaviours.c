/* SPDX-License-Identifier: MIT */
#include "harness/origin/behaviours.h"

#include "harness/origin/connection_internal.h"
#include "harness/origin/fixed.h"
#include "harness/origin/hold.h"
#include "harness/origin/server_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static const char BINARY[] = "application/octet-stream";
static const char PLAIN[] = "text/plain; charset=utf-8";

static int answer_request(struct connection *connection,
                          const struct asked *asked, const struct reply *reply)
{
    return answer_make(&connection->answer, asked, reply,
                       connection->origin->options.seed);
}

static int answer_bytes(struct connection *connection,
                        const struct asked *asked, uint64_t count)
{
    struct reply reply = {.status = 200, .type = BINARY, .made_up = count};
    return answer_request(connection, asked, &reply);
}

/* Answers with a sentence, or with N made-up bytes if the URL has bytes=N. */
static int answer_text(struct connection *connection, const struct asked *asked,
                       struct reply reply, const char *text)
{
    if (asked->bytes == ASKED_UNSAID || asked->refused) {
        reply.type = PLAIN;
        reply.text = slice_of(text);
    } else {
        reply.type = BINARY;
        reply.made_up = asked->bytes;
    }
    return answer_request(connection, asked, &reply);
}

static uint64_t bytes_or(const struct asked *asked, uint64_t otherwise)
{
    return asked->bytes == ASKED_UNSAID ? otherwise : asked->bytes;
}

/* ---- answers ---- */

static int prepare_bytes(struct connection *connection, struct asked *asked)
{
    return answer_bytes(connection, asked, asked->number);
}

static int prepare_stream(struct connection *connection, struct asked *asked)
{
    if (!asked->framing_said)
        asked->framing = RESPONSE_CHUNKED;
    return answer_bytes(connection, asked, asked->number);
}

static int prepare_fixed(struct connection *connection, struct asked *asked)
{
    return answer_bytes(connection, asked, FIXED_BODY);
}

static int prepare_status(struct connection *connection, struct asked *asked)
{
    char text[32];
    snprintf(text, sizeof text, "status %" PRIu64 "\n", asked->number);
    return answer_text(connection, asked,
                       (struct reply){.status = (int)asked->number}, text);
}

static int print_location(struct buffer *out, const struct asked *asked)
{
    int error;
    if (asked->number == 1 && asked->to.size)
        error = asked_decode(asked->to, out);
    else if (asked->number == 1)
        error = buffer_append_text(out, "/bytes/0");
    else
        error = buffer_print(out, "/redirect/%" PRIu64, asked->number - 1);
    bool query = asked->query.size && !(asked->number == 1 && asked->to.size);
    if (!error && query)
        error = buffer_append_text(out, "?");
    if (!error && query)
        error = buffer_append(out, asked->query.data, asked->query.size);
    return error;
}

static int answer_elsewhere(struct connection *connection,
                            const struct asked *asked, struct slice location)
{
    struct headers fields = {0};
    struct reply reply = {.status = 302, .fields = &fields};
    int error = headers_add(&fields, slice_of("Location"), location);
    if (!error)
        error =
            answer_text(connection, asked, reply, "It is somewhere else.\n");
    headers_deinit(&fields);
    return error;
}

static int prepare_redirect(struct connection *connection, struct asked *asked)
{
    if (asked->number == 0)
        return answer_bytes(connection, asked, 0);
    struct buffer location = {0};
    int error = print_location(&location, asked);
    if (error == -EINVAL) {
        asked_refuse(asked, "The parameter to has a bad %% or a control "
                            "character.");
        error = behaviours_refuse(connection, asked);
    } else if (!error) {
        error = answer_elsewhere(connection, asked, buffer_slice(&location));
    }
    buffer_deinit(&location);
    return error;
}

static int prepare_delay(struct connection *connection, struct asked *asked)
{
    connection->delay = asked->span;
    return answer_text(connection, asked, (struct reply){.status = 200},
                       "Here it is.\n");
}

static int prepare_drip(struct connection *connection, struct asked *asked)
{
    int error = answer_bytes(connection, asked, bytes_or(asked, 10));
    connection->every = asked->every;
    answer_start_drip(&connection->answer);
    return error;
}

/* The answer to /hold when `arrived` requests are there, which may be too
 * few. */
static int answer_hold(struct connection *connection, struct asked *asked,
                       int arrived)
{
    char text[64];
    struct reply reply = {.status = 200};
    if (arrived < (int)asked->until) {
        asked->refused = reply.status = 503;
        snprintf(text, sizeof text, "only %d of %d arrived", arrived,
                 (int)asked->until);
    } else {
        snprintf(text, sizeof text, "%d arrived", arrived);
    }
    return answer_text(connection, asked, reply, text);
}

static int answer_gate(struct connection *connection, struct asked *asked,
                       int arrived)
{
    struct reply reply = {.status = 200};
    if (arrived > 0)
        asked->refused = reply.status = 503;
    return answer_text(connection, asked, reply,
                       arrived > 0 ? "the gate stayed shut" : "it was opened");
}

static int join(struct connection *connection, struct asked *asked,
                hold_answer *answer_held)
{
    int error = hold_join(connection, asked, answer_held);
    if (error != -ENOSPC)
        return error;
    asked_refuse(asked, "Too many different groups are held.");
    asked->refused = 503;
    return behaviours_refuse(connection, asked);
}

static int prepare_hold(struct connection *connection, struct asked *asked)
{
    if (asked->until == ASKED_UNSAID)
        asked->until = 2;
    return join(connection, asked, answer_hold);
}

static int prepare_gate(struct connection *connection, struct asked *asked)
{
    asked->until = HOLD_UNTIL_OPENED;
    return join(connection, asked, answer_gate);
}

/* No requests of an unknown run wait at a gate. */
static int prepare_open(struct connection *connection, struct asked *asked)
{
    struct origin *origin = connection->origin;
    struct run *run = stats_find(&origin->stats, asked->run);
    bool there = run || asked->run.size == 0;
    char text[64];
    snprintf(text, sizeof text, "%d were waiting\n",
             there ? hold_open_gate(origin, run) : 0);
    return answer_text(connection, asked, (struct reply){.status = 200}, text);
}

static int prepare_echo(struct connection *connection, struct asked *asked)
{
    struct reply reply = {.status = 200,
                          .type = BINARY,
                          .text = buffer_slice(&connection->reader->body)};
    return answer_request(connection, asked, &reply);
}

/* ---- faults ---- */

static int prepare_close(struct connection *connection, struct asked *asked)
{
    struct reply reply = {.status = 200,
                          .type = BINARY,
                          .made_up = bytes_or(asked, FIXED_BODY),
                          .finish = FINISH_VANISH};
    int error = answer_request(connection, asked, &reply);
    if (!error)
        answer_cut(&connection->answer,
                   asked->after == ASKED_UNSAID ? 0 : asked->after);
    return error;
}

static int prepare_reset(struct connection *connection, struct asked *asked)
{
    int error = prepare_close(connection, asked);
    connection->answer.finish = FINISH_RESET;
    return error;
}

static int prepare_never(struct connection *connection, struct asked *asked)
{
    connection->never = true;
    return answer_bytes(connection, asked, 0);
}

static int prepare_garbage(struct connection *connection, struct asked *asked)
{
    /* Whatever the random bytes are, they do not begin like HTTP. */
    return answer_make_raw(&connection->answer,
                           slice_of("This is not HTTP.\r\n"),
                           bytes_or(asked, FIXED_BODY),
                           connection->origin->options.seed, FINISH_VANISH);
}

static int prepare_lie(struct connection *connection, struct asked *asked)
{
    /* A body that ends with the connection has no length that could be a
     * lie. */
    if (asked->framing == RESPONSE_UNTIL_CLOSE)
        asked->framing = RESPONSE_BY_LENGTH;
    struct reply reply = {.status = 200,
                          .type = BINARY,
                          .made_up = bytes_or(asked, FIXED_BODY),
                          .finish = FINISH_VANISH};
    int error = answer_request(connection, asked, &reply);
    if (!error)
        answer_cut_half(&connection->answer);
    return error;
}

static int prepare_early(struct connection *connection, struct asked *asked)
{
    struct reply reply = {.status = 413, .finish = FINISH_DRAIN};
    return answer_text(connection, asked, reply, "I have heard enough.\n");
}

static int prepare_stale(struct connection *connection, struct asked *asked)
{
    struct reply reply = {.status = 200, .finish = FINISH_VANISH};
    if (slice_equal(asked->when, slice_of("next")))
        reply.finish = FINISH_VANISH_NEXT;
    return answer_text(connection, asked, reply, "See you later.\n");
}

/* ---- about itself ---- */

static int print_stats(struct origin *origin, const struct asked *asked,
                       struct buffer *out)
{
    nanos now = loop_time(origin->loop);
    if (asked->run.size == 0)
        return stats_print(&origin->stats, now, out);
    struct run *run = stats_find(&origin->stats, asked->run);
    if (!run)
        return -ENOENT;
    int error = run_print(run, now, out);
    if (!error && asked->reset == 1)
        run_reset(run, now);
    return error;
}

static int prepare_stats(struct connection *connection, struct asked *asked)
{
    struct buffer json = {0};
    int error = print_stats(connection->origin, asked, &json);
    struct reply reply = {.status = 200, .type = "application/json"};
    reply.text = buffer_slice(&json);
    if (error == -ENOENT)
        reply = (struct reply){
            .status = 404,
            .type = PLAIN,
            .text = slice_of("No request of that run has come.\n")};
    if (!error || error == -ENOENT)
        error = answer_request(connection, asked, &reply);
    buffer_deinit(&json);
    return error;
}

static int print_paths(struct buffer *out)
{
    int error = buffer_append_text(out, "There is:\n\n");
    for (const struct behaviour *b = behaviours; b->name && !error; b++)
        error = buffer_print(out, "  %-13s %s\n", b->usage, b->sentence);
    if (!error)
        error = buffer_append_text(
            out,
            "\nParameters: delay=20ms work=2ms status=N length=close|chunked "
            "bytes=N seed=N run=ID i=anything\n");
    return error;
}

static int answer_with_paths(struct connection *connection,
                             const struct asked *asked, int status)
{
    struct buffer paths = {0};
    int error = status == 404
                    ? buffer_append_text(&paths, "There is no such path. ")
                    : 0;
    if (!error)
        error = print_paths(&paths);
    struct reply reply = {
        .status = status, .type = PLAIN, .text = buffer_slice(&paths)};
    if (!error)
        error = answer_request(connection, asked, &reply);
    buffer_deinit(&paths);
    return error;
}

static int prepare_index(struct connection *connection, struct asked *asked)
{
    return answer_with_paths(connection, asked, 200);
}

static const char COUNT[] = "a plain number";

const struct behaviour behaviours[] = {
    {"", PATH_ALONE, "/", "nothing", "this page", prepare_index, 0},
    {"bytes", PATH_BYTES, "/bytes/N", COUNT,
     "N bytes, the same for the same seed", prepare_bytes, 0},
    {"stream", PATH_BYTES, "/stream/N", COUNT, "N bytes in chunks",
     prepare_stream, 0},
    {"fixed", PATH_ALONE, "/fixed", "nothing", "a prebuilt answer of 1 KiB",
     prepare_fixed, 0},
    {"status", PATH_STATUS, "/status/N", "a number from 200 to 599",
     "that status", prepare_status, 0},
    {"redirect", PATH_COUNT, "/redirect/N", COUNT,
     "N redirects, then /bytes/0; to=URL: there instead", prepare_redirect, 0},
    {"delay", PATH_SPAN, "/delay/S", "a time of at most 600 s, such as 20ms",
     "answers after S seconds; also 20ms", prepare_delay, 0},
    {"drip", PATH_ALONE, "/drip", "nothing",
     "a body byte by byte: bytes=N every=20ms", prepare_drip, 0},
    {"hold", PATH_ALONE, "/hold", "nothing",
     "answers once until=K are in flight; gives up after for=2s", prepare_hold,
     0},
    {"gate", PATH_ALONE, "/gate", "nothing",
     "answers once the gate of its run=ID is opened; gives up after for=2s",
     prepare_gate, 0},
    {"open", PATH_ALONE, "/open", "nothing",
     "opens the gate of run=ID to those that wait there", prepare_open,
     IS_UNCOUNTED},
    {"echo", PATH_ALONE, "/echo", "nothing", "what was posted, up to 1 MiB",
     prepare_echo, KEEPS_BODY},
    {"close", PATH_ALONE, "/close", "nothing",
     "closes without an answer, or after=N bytes of it", prepare_close, 0},
    {"reset", PATH_ALONE, "/reset", "nothing",
     "resets the connection, or after=N bytes of the answer", prepare_reset, 0},
    {"never", PATH_ALONE, "/never", "nothing", "never answers", prepare_never,
     0},
    {"garbage", PATH_ALONE, "/garbage", "nothing", "bytes that are not HTTP",
     prepare_garbage, 0},
    {"lie", PATH_ALONE, "/lie", "nothing", "promises more than it sends",
     prepare_lie, 0},
    {"early", PATH_ALONE, "/early", "nothing",
     "413 before the body has been read", prepare_early, ANSWERS_EARLY},
    {"stale", PATH_ALONE, "/stale", "nothing",
     "closes though it did not say so; when=next: at the next request",
     prepare_stale, 0},
    {"stats", PATH_ALONE, "/stats", "nothing",
     "JSON: what it saw; run=ID: of that run", prepare_stats, IS_UNCOUNTED},
    {0},
};

/* ---- refusing ---- */

static int answer_not_allowed(struct connection *connection,
                              const struct asked *asked, struct reply reply,
                              const char *text)
{
    struct headers fields = {0};
    reply.fields = &fields;
    int error =
        headers_add(&fields, slice_of("Allow"), slice_of("GET, HEAD, POST"));
    if (!error)
        error = answer_text(connection, asked, reply, text);
    headers_deinit(&fields);
    return error;
}

int behaviours_refuse(struct connection *connection, const struct asked *asked)
{
    if (asked->refused == 404)
        return answer_with_paths(connection, asked, 404);
    char text[sizeof asked->sentence + 2];
    snprintf(text, sizeof text, "%s\n", asked->sentence);
    struct reply reply = {.status = asked->refused};
    if (asked->refused == 405)
        return answer_not_allowed(connection, asked, reply, text);
    return answer_text(connection, asked, reply, text);
}

bool behaviours_is_fixed(const struct asked *asked)
{
    const struct response_terms *terms = &asked->terms;
    bool plain = asked->status == ASKED_UNSAID && asked->delay == 0 &&
                 asked->work == 0 && asked->seed == ASKED_UNSAID &&
                 asked->framing == RESPONSE_BY_LENGTH;
    return asked->behaviour && asked->behaviour->prepare == prepare_fixed &&
           plain && !asked->refused && !terms->head_only && terms->keep_alive &&
           terms->minor_version == 1;
}
