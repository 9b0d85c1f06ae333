/* SPDX-License-Identifier: MIT */
#include "harness/origin/answer.h"

#include "harness/origin/origin_bytes.h"

#include <errno.h>

enum { CHUNK = 32 * 1024, PIECES_PER_TURN = 4 };

/* ---- making ---- */

/* The status that the URL asks for, unless the answer is an error of ours. */
static int status_of(const struct asked *asked, const struct reply *reply)
{
    if (asked->status == ASKED_UNSAID || asked->refused)
        return reply->status;
    return (int)asked->status;
}

static int copy_fields(struct headers *to, const struct reply *reply,
                       int status)
{
    int error = 0;
    if (reply->type && response_status_has_body(status))
        error =
            headers_add(to, slice_of("Content-Type"), slice_of(reply->type));
    size_t cursor = 0;
    const char *name, *value;
    while (!error && reply->fields &&
           headers_next(reply->fields, &cursor, &name, &value))
        error = headers_add(to, slice_of(name), slice_of(value));
    return error;
}

/* No Date field, so that the answer to a request is the same bytes every
 * time. */
static int start_response(struct response *response, const struct asked *asked,
                          const struct reply *reply)
{
    struct headers fields = {0};
    struct response_head head = {
        .status = status_of(asked, reply),
        .fields = &fields,
        .framing = asked->framing,
        .length = reply->text.size ? reply->text.size : reply->made_up,
        .close = reply->finish == FINISH_DRAIN,
    };
    int error = copy_fields(&fields, reply, head.status);
    if (!error)
        error = response_start(response, &asked->terms, &head);
    headers_deinit(&fields);
    return error;
}

/* Does what the reply wants, if the connection can be kept at all. */
static enum finish finish_of(const struct response *response,
                             enum finish wanted)
{
    if (wanted != FINISH_KEEP && wanted != FINISH_VANISH_NEXT)
        return wanted;
    switch (response_then(response)) {
    case RESPONSE_THEN_NEXT:
        return wanted;
    case RESPONSE_THEN_DRAIN:
        return FINISH_DRAIN;
    default:
        return FINISH_CLOSE;
    }
}

int answer_make(struct answer *answer, const struct asked *asked,
                const struct reply *reply, uint64_t seed)
{
    struct response *response = &answer->response;
    size_t before = response->out.size;
    int error = start_response(response, asked, reply);
    if (error)
        return error;
    answer->head = response->out.size - before;
    answer->seed = asked->seed == ASKED_UNSAID ? seed : asked->seed;
    answer->finish = finish_of(response, reply->finish);
    /* Does not make up a body that is not sent. */
    answer->body = response_has_body(response) ? reply->made_up : 0;
    if (reply->text.size) {
        answer->body = 0;
        error = response_append(response, reply->text);
    }
    return error || answer->body ? error : response_end(response);
}

int answer_make_raw(struct answer *answer, struct slice text, uint64_t body,
                    uint64_t seed, enum finish finish)
{
    answer->is_raw = true;
    answer->body = body;
    answer->seed = seed;
    answer->finish = finish;
    return buffer_append(&answer->raw, text.data, text.size);
}

/* Not counting an interim response before the head. */
void answer_cut(struct answer *answer, uint64_t count)
{
    const struct response *response = &answer->response;
    size_t waiting = response->out.size - response->sent;
    answer->is_cut = true;
    answer->left = count + (waiting - answer->head);
}

void answer_cut_half(struct answer *answer)
{
    answer_cut(answer, answer->head + answer->body / 2);
}

void answer_start_drip(struct answer *answer)
{
    answer->dripping = true;
}

void answer_drip(struct answer *answer)
{
    answer->drop_due = true;
}

/* ---- sending ---- */

/* How much of the body has been sent. */
static uint64_t body_sent(const struct answer *answer)
{
    return answer->framed - response_piece_left(&answer->response);
}

static bool has_output(const struct answer *answer)
{
    if (answer->is_raw)
        return answer->raw_sent < answer->raw.size ||
               answer->framed < answer->body;
    return response_wants_write(&answer->response);
}

/* A plain body is one piece, however large; chunks and single bytes are
 * small. */
static uint64_t next_piece(const struct answer *answer)
{
    uint64_t rest = answer->body - answer->framed;
    uint64_t most = UINT64_MAX;
    if (answer->dripping)
        most = 1;
    else if (answer->response.framing == RESPONSE_CHUNKED)
        most = CHUNK;
    return rest < most ? rest : most;
}

/* Gives the response its next piece when it has none, and the end with the last
 * one. The first one goes along with the head. 0 or -ENOMEM. */
static int give_piece(struct answer *answer)
{
    struct response *response = &answer->response;
    bool waits = answer->dripping && !answer->drop_due;
    if (waits || answer->is_raw || response->state != RESPONSE_IN_BODY ||
        response_piece_left(response))
        return 0;
    uint64_t piece = next_piece(answer);
    int error = response_frame(response, piece);
    if (error)
        return error;
    answer->framed += piece;
    answer->drop_due = false;
    return answer->framed == answer->body ? response_end(response) : 0;
}

static size_t output(const struct answer *answer, struct slice piece,
                     struct slice parts[RESPONSE_PARTS])
{
    if (!answer->is_raw)
        return response_output(&answer->response, piece, parts);
    parts[0] = (struct slice){answer->raw.data + answer->raw_sent,
                              answer->raw.size - answer->raw_sent};
    parts[1] = piece;
    return 2;
}

static void note_sent(struct answer *answer, size_t count)
{
    if (answer->is_cut)
        answer->left -= count;
    if (!answer->is_raw) {
        response_sent(&answer->response, count);
        return;
    }
    size_t text = answer->raw.size - answer->raw_sent;
    if (text > count)
        text = count;
    answer->raw_sent += text;
    answer->framed += count - text;
}

/* Makes up the next part of the body, as much of it as there is memory for. */
static struct slice make_piece(const struct answer *answer, char *scratch)
{
    uint64_t size = answer->is_raw ? answer->body - answer->framed
                                   : response_piece_left(&answer->response);
    if (size > ANSWER_SCRATCH)
        size = ANSWER_SCRATCH;
    origin_bytes(answer->seed, body_sent(answer), scratch, (size_t)size);
    return (struct slice){scratch, (size_t)size};
}

static ssize_t send_piece(const struct answer *answer, struct wire *wire,
                          char *scratch)
{
    struct slice parts[RESPONSE_PARTS];
    struct iovec vectors[RESPONSE_PARTS];
    size_t count = output(answer, make_piece(answer, scratch), parts);
    uint64_t left = answer->is_cut ? answer->left : UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t size = parts[i].size < left ? parts[i].size : (size_t)left;
        vectors[i] = (struct iovec){(void *)(uintptr_t)parts[i].data, size};
        left -= size;
    }
    return wire_send(wire, vectors, count);
}

enum sending answer_send(struct answer *answer, struct wire *wire,
                         char *scratch, uint64_t *count)
{
    *count = 0;
    for (int i = 0; !answer->is_cut || answer->left; i++) {
        if (give_piece(answer))
            return SEND_FAILED;
        if (!has_output(answer))
            return answer->framed < answer->body ? SENT_UP_TO_DROP : SENT_ALL;
        /* Stops after a few pieces, so that other connections have their
         * turn. */
        if (i == PIECES_PER_TURN)
            return SEND_BLOCKED;
        ssize_t size = send_piece(answer, wire, scratch);
        if (size == -EAGAIN || size == -EWOULDBLOCK)
            return SEND_BLOCKED;
        if (size < 0)
            return SEND_FAILED;
        note_sent(answer, (size_t)size);
        *count += (uint64_t)size;
    }
    return SENT_ALL;
}

size_t answer_stored(const struct answer *answer)
{
    return answer->response.out.capacity + answer->raw.capacity;
}

void answer_deinit(struct answer *answer)
{
    response_deinit(&answer->response);
    buffer_deinit(&answer->raw);
    *answer = (struct answer){0};
}
