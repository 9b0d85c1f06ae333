/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include "base/contract.h"
#include "http/headers_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static const char CRLF[] = "\r\n";
static const char LAST_CHUNK[] = "0\r\n\r\n";

/* Each call reserves memory once and then writes to it without further checks.
 *
 * HEAD_ROOM: a head without reason and fields. FRAME_ROOM: what a piece needs
 * around it, with the last chunk behind it: a size of 16 digits and three line
 * ends more. It is in every reservation, so that response_end needs none. */
enum { HEAD_ROOM = 128, FRAME_ROOM = 16 + 2 + 2 + sizeof LAST_CHUNK };

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

static void put(struct buffer *out, const char *data, size_t size)
{
    memcpy(out->data + out->size, data, size);
    out->size += size;
}

static void put_text(struct buffer *out, const char *text)
{
    put(out, text, strlen(text));
}

/* ---- the head ---- */

static bool has_framing_field(const struct headers *fields)
{
    size_t cursor = 0;
    const char *name, *value;
    while (fields && headers_next(fields, &cursor, &name, &value))
        if (headers_is_framing(name))
            return true;
    return false;
}

/* A field takes a colon and a space, and a CRLF, where its list has a NUL. */
static int reserve_head(struct buffer *out, const char *reason,
                        const struct headers *fields)
{
    size_t size = HEAD_ROOM + strlen(reason) + FRAME_ROOM;
    if (fields)
        size += fields->text.size + 2 * fields->count;
    return buffer_reserve(out, size);
}

/* The space after the status is sent even without a reason (RFC 9112, 4). */
static void put_status_line(struct buffer *out, int status, const char *reason)
{
    char digits[] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10),
                     (char)('0' + status % 10), ' '};
    put_text(out, "HTTP/1.1 ");
    put(out, digits, sizeof digits);
    put_text(out, reason);
    put_text(out, CRLF);
}

static void put_fields(struct buffer *out, const struct headers *fields)
{
    size_t cursor = 0;
    const char *name, *value;
    while (fields && headers_next(fields, &cursor, &name, &value)) {
        put_text(out, name);
        put_text(out, ": ");
        put_text(out, value);
        put_text(out, CRLF);
    }
}

int response_interim(struct response *response, int status,
                     const struct headers *fields)
{
    struct buffer *out = &response->out;
    const char *reason = response_reason(status);
    REQUIRE(response->state != RESPONSE_IN_BODY,
            "response_interim: before the response starts");
    REQUIRE(status >= 100 && status <= 199 && status != 101,
            "response_interim: an interim status, 100 or 103");
    if (has_framing_field(fields))
        return -EINVAL;
    if (reserve_head(out, reason, fields))
        return -ENOMEM;
    put_status_line(out, status, reason);
    put_fields(out, fields);
    put_text(out, CRLF);
    return 0;
}

/* HTTP/1.0 has no chunks (RFC 9112, 6.1). */
static enum response_framing framing_for(const struct response_terms *terms,
                                         const struct response_head *head)
{
    if (head->framing == RESPONSE_CHUNKED && terms->minor_version == 0)
        return RESPONSE_UNTIL_CLOSE;
    return head->framing;
}

static void put_length(struct buffer *out, uint64_t length)
{
    char line[48];
    int size =
        snprintf(line, sizeof line, "Content-Length: %" PRIu64 "\r\n", length);
    put(out, line, (size_t)size);
}

static void put_framing(struct buffer *out, enum response_framing framing,
                        const struct response_head *head)
{
    /* RFC 9110, 15.3.6: unlike the others without a body, a 205 is framed like
     * any response. */
    if (head->status == 205)
        put_length(out, 0);
    else if (!response_status_has_body(head->status))
        return;
    else if (framing == RESPONSE_CHUNKED)
        put_text(out, "Transfer-Encoding: chunked\r\n");
    else if (framing == RESPONSE_BY_LENGTH)
        put_length(out, head->length);
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

static void put_head(const struct response *response, struct buffer *out,
                     const struct response_terms *terms,
                     const struct response_head *head, const char *reason)
{
    put_status_line(out, head->status, reason);
    put_fields(out, head->fields);
    put_framing(out, response->framing, head);
    put_text(out, connection_line(response, terms->minor_version));
    put_text(out, CRLF);
}

static bool is_valid(const struct response_head *head, const char *reason)
{
    bool status =
        head->status == 101 || (head->status >= 200 && head->status <= 599);
    return status && !strpbrk(reason, CRLF) && !has_framing_field(head->fields);
}

int response_start(struct response *response,
                   const struct response_terms *terms,
                   const struct response_head *head)
{
    REQUIRE(response->state != RESPONSE_IN_BODY && !response->piece_left,
            "response_start: once the last response has ended");
    const char *reason =
        head->reason ? head->reason : response_reason(head->status);
    if (!is_valid(head, reason))
        return -EINVAL;
    if (reserve_head(&response->out, reason, head->fields))
        return -ENOMEM;
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
    put_head(&next, &next.out, terms, head, reason);
    *response = next;
    return 0;
}

/* ---- the body ---- */

static void put_chunk_size(struct buffer *out, uint64_t size)
{
    static const char digits[] = "0123456789abcdef";
    char text[16], *first = text + sizeof text;
    for (uint64_t rest = size; rest; rest >>= 4)
        *--first = digits[rest & 15];
    put(out, first, (size_t)(text + sizeof text - first));
    put(out, CRLF, 2);
}

/* Frames a piece of that size: `copy`, or, if that is NULL, a piece announced
 * by the caller. */
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
    /* An empty chunk would mean the end of the body. */
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

/* The writer's own bytes before the announced piece, or all of them if there is
 * none. */
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

static size_t take_count(size_t *count, uint64_t most)
{
    size_t taken = *count < most ? *count : (size_t)most;
    *count -= taken;
    return taken;
}

void response_sent(struct response *response, size_t count)
{
    response->sent += take_count(&count, own_before_piece(response));
    response->piece_left -= take_count(&count, response->piece_left);
    response->sent += count;
    /* Keeps the memory for framing the next piece. */
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
