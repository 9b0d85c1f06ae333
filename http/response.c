/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include "base/contract.h"
#include "http/headers_internal.h"

#include <errno.h>
#include <inttypes.h>

static const char CRLF[] = "\r\n";
static const char LAST_CHUNK[] = "0\r\n\r\n";

/* What a piece needs around it at most, with the last chunk behind it: a size
 * of 16 digits and three line ends more. Every reservation includes it, so that
 * response_end needs no memory. */
enum { FRAME_ROOM = 16 + 2 + 2 + sizeof LAST_CHUNK };

const char *response_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {100, "Continue"},
        {101, "Switching Protocols"},
        {103, "Early Hints"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {205, "Reset Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "";
}

bool response_status_has_body(int status)
{
    return status != 101 && status != 204 && status != 205 && status != 304;
}

void response_deinit(struct response *response)
{
    buffer_deinit(&response->out);
    *response = (struct response){0};
}

/* ---- the head ---- */

/* The space behind the status stays when there is no reason (RFC 9112, 4). */
static int print_status_line(struct buffer *out, int status, const char *reason)
{
    return buffer_print(out, "HTTP/1.1 %d %s\r\n", status,
                        reason ? reason : response_reason(status));
}

static int print_fields(struct buffer *out, const struct headers *fields)
{
    size_t cursor = 0;
    const char *name, *value;
    int error = 0;
    while (!error && fields && headers_next(fields, &cursor, &name, &value))
        error = headers_is_framing(name)
                    ? -EINVAL
                    : buffer_print(out, "%s: %s\r\n", name, value);
    return error;
}

int response_interim(struct response *response, int status,
                     const struct headers *fields)
{
    struct buffer *out = &response->out;
    size_t before = out->size;
    REQUIRE(response->state != RESPONSE_IN_BODY,
            "response_interim: before the response starts");
    REQUIRE(status >= 100 && status <= 199 && status != 101,
            "response_interim: an interim status, 100 or 103");
    int error = print_status_line(out, status, NULL);
    if (!error)
        error = print_fields(out, fields);
    if (!error)
        error = buffer_append_text(out, CRLF);
    if (error)
        out->size = before;
    return error;
}

/* HTTP/1.0 has no chunks (RFC 9112, 6.1). */
static enum response_framing framing_for(const struct response_terms *terms,
                                         const struct response_head *head)
{
    if (head->framing == RESPONSE_CHUNKED && terms->minor_version == 0)
        return RESPONSE_UNTIL_CLOSE;
    return head->framing;
}

static int print_framing(struct buffer *out, enum response_framing framing,
                         const struct response_head *head)
{
    /* RFC 9110, 15.3.6: unlike the others without a body, a 205 is framed like
     * any response. */
    if (head->status == 205)
        return buffer_append_text(out, "Content-Length: 0\r\n");
    if (!response_status_has_body(head->status) ||
        framing == RESPONSE_UNTIL_CLOSE)
        return 0;
    if (framing == RESPONSE_CHUNKED)
        return buffer_append_text(out, "Transfer-Encoding: chunked\r\n");
    return buffer_print(out, "Content-Length: %" PRIu64 "\r\n", head->length);
}

/* RFC 9112, 9.3: 1.1 keeps a connection unless it says otherwise, 1.0 closes
 * it. */
static const char *connection_line(const struct response *response,
                                   int minor_version)
{
    if (response->switches)
        return "Connection: upgrade\r\n";
    if (!response->keep_alive)
        return "Connection: close\r\n";
    return minor_version == 0 ? "Connection: keep-alive\r\n" : "";
}

static int print_head(const struct response *response, struct buffer *out,
                      const struct response_terms *terms,
                      const struct response_head *head)
{
    int error = print_status_line(out, head->status, head->reason);
    if (!error)
        error = print_fields(out, head->fields);
    if (!error)
        error = print_framing(out, response->framing, head);
    if (!error)
        error = buffer_append_text(
            out, connection_line(response, terms->minor_version));
    if (!error)
        error = buffer_append_text(out, CRLF);
    return error ? error : buffer_reserve(out, FRAME_ROOM);
}

static bool is_valid(const struct response_head *head)
{
    bool status =
        head->status == 101 || (head->status >= 200 && head->status <= 599);
    return status && !(head->reason && strpbrk(head->reason, CRLF));
}

int response_start(struct response *response,
                   const struct response_terms *terms,
                   const struct response_head *head)
{
    REQUIRE(response->state != RESPONSE_IN_BODY && !response->piece_left,
            "response_start: once the last response has ended");
    struct response next = {
        .state = RESPONSE_IN_BODY,
        .framing = framing_for(terms, head),
        .bodiless = terms->head_only || !response_status_has_body(head->status),
        .switches = head->status == 101,
        .unread = terms->unread,
        .body_left = head->length,
        .out = response->out,
        .sent = response->sent,
    };
    bool until_close = !next.bodiless && next.framing == RESPONSE_UNTIL_CLOSE;
    next.counts = !next.bodiless && next.framing == RESPONSE_BY_LENGTH;
    next.keep_alive =
        terms->keep_alive && !terms->unread && !head->close && !until_close;
    if (!is_valid(head))
        return -EINVAL;
    size_t before = next.out.size;
    int error = print_head(&next, &next.out, terms, head);
    if (error) {
        /* It may have moved, but what stood in it is still to be sent. */
        next.out.size = before;
        response->out = next.out;
        return error;
    }
    *response = next;
    return 0;
}

/* ---- the body ---- */

static void put(struct buffer *out, const char *data, size_t size)
{
    memcpy(out->data + out->size, data, size);
    out->size += size;
}

static void put_chunk_size(struct buffer *out, uint64_t size)
{
    static const char digits[] = "0123456789abcdef";
    char text[16], *first = text + sizeof text;
    for (uint64_t rest = size; rest; rest >>= 4)
        *--first = digits[rest & 15];
    put(out, first, (size_t)(text + sizeof text - first));
    put(out, CRLF, 2);
}

/* Adds what frames a piece of that size: `copy`, or else a place for it. */
static int add_piece(struct response *response, uint64_t size, const char *copy)
{
    REQUIRE(response->state == RESPONSE_IN_BODY,
            "response_append, response_frame: between start and end");
    REQUIRE(!response->piece_left,
            "response_append, response_frame: one announced piece at a time");
    if (response->counts && size > response->body_left)
        return -EMSGSIZE;
    struct buffer *out = &response->out;
    if (!response->bodiless &&
        buffer_reserve(out, FRAME_ROOM + (copy ? (size_t)size : 0)))
        return -ENOMEM;
    if (response->counts)
        response->body_left -= size;
    /* A chunk of no bytes would be the last one. */
    if (response->bodiless || size == 0)
        return 0;
    bool chunked = response->framing == RESPONSE_CHUNKED;
    if (chunked)
        put_chunk_size(out, size);
    if (copy) {
        put(out, copy, (size_t)size);
    } else {
        response->piece_at = out->size;
        response->piece_left = size;
    }
    if (chunked)
        put(out, CRLF, 2);
    return 0;
}

int response_append(struct response *response, struct slice piece)
{
    return add_piece(response, piece.size, piece.size ? piece.data : "");
}

int response_frame(struct response *response, uint64_t size)
{
    return add_piece(response, size, NULL);
}

int response_end(struct response *response)
{
    REQUIRE(response->state == RESPONSE_IN_BODY,
            "response_end: once, after response_start");
    if (response->counts && response->body_left) {
        response->keep_alive = false;
        return -EMSGSIZE;
    }
    if (response->framing == RESPONSE_CHUNKED && !response->bodiless)
        put(&response->out, LAST_CHUNK, sizeof LAST_CHUNK - 1);
    response->state = RESPONSE_ENDED;
    return 0;
}

/* ---- sending ---- */

/* The writer's own bytes that come before the piece, or all that there are. */
static size_t own_before_piece(const struct response *response)
{
    size_t end = response->piece_left ? response->piece_at : response->out.size;
    return end - response->sent;
}

size_t response_output(const struct response *response, struct slice piece,
                       struct slice parts[RESPONSE_PARTS])
{
    const struct buffer *out = &response->out;
    size_t count = 0, own = own_before_piece(response);
    if (own)
        parts[count++] = (struct slice){out->data + response->sent, own};
    if (response->piece_left == 0)
        return count;
    bool whole = piece.size >= response->piece_left;
    if (whole)
        piece.size = (size_t)response->piece_left;
    if (piece.size)
        parts[count++] = piece;
    size_t behind = out->size - response->piece_at;
    if (whole && behind)
        parts[count++] = (struct slice){out->data + response->piece_at, behind};
    return count;
}

static size_t take(size_t *count, uint64_t most)
{
    size_t taken = *count < most ? *count : (size_t)most;
    *count -= taken;
    return taken;
}

void response_sent(struct response *response, size_t count)
{
    response->sent += take(&count, own_before_piece(response));
    response->piece_left -= take(&count, response->piece_left);
    response->sent += count;
    /* The memory is kept: the next piece is framed in it. */
    if (!response_wants_write(response)) {
        buffer_clear(&response->out);
        response->sent = 0;
    }
}

enum response_sequel response_then(const struct response *response)
{
    if (response->switches)
        return RESPONSE_THEN_SWITCH;
    if (response->unread)
        return RESPONSE_THEN_DRAIN;
    return response->keep_alive ? RESPONSE_THEN_NEXT : RESPONSE_THEN_CLOSE;
}
