/* SPDX-License-Identifier: MIT */
#include "harness/origin/answer.h"

#include "harness/origin/origin_bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Chunks and plain pieces alike must fit the scratch memory with room for a
 * chunk's size line and line ends. */
enum { CHUNK = 4096, PIECES_PER_TURN = 4, FRAME_ROOM = 16 };

static const char hex_digits[] = "0123456789abcdef";

static size_t hex_length(uint64_t value)
{
    size_t length = 1;
    while (value >>= 4)
        length++;
    return length;
}

/* ---- the wire behind the text ---- */

static uint64_t frame_size(uint64_t data)
{
    return hex_length(data) + 2 + data + 2;
}

static uint64_t body_size(const struct answer *answer)
{
    if (answer->chunk == 0)
        return answer->body;
    uint64_t rest = answer->body % answer->chunk;
    return answer->body / answer->chunk * frame_size(answer->chunk) +
           (rest ? frame_size(rest) : 0) + strlen("0\r\n\r\n");
}

static size_t make_frame(const struct answer *answer, uint64_t index, char *out)
{
    uint64_t at = index * answer->chunk;
    uint64_t size = answer->body > at ? answer->body - at : 0;
    if (size > answer->chunk)
        size = answer->chunk;
    char *p = out;
    for (size_t digit = hex_length(size); digit-- > 0;)
        *p++ = hex_digits[size >> (4 * digit) & 15];
    *p++ = '\r';
    *p++ = '\n';
    origin_bytes(answer->seed, at, p, (size_t)size);
    p += size;
    *p++ = '\r';
    *p++ = '\n';
    return (size_t)(p - out);
}

/* All frames are as long as the first one, but for the last data and the empty
 * one that closes the body. */
static struct slice make_chunks(const struct answer *answer, uint64_t place,
                                char *scratch)
{
    uint64_t frame = frame_size(answer->chunk);
    uint64_t full = answer->body / answer->chunk;
    uint64_t last = full + (answer->body % answer->chunk ? 1 : 0);
    uint64_t index = place / frame < full ? place / frame : full;
    size_t skip = (size_t)(place - index * frame), size = 0;
    while (index <= last && size + answer->chunk + FRAME_ROOM <= ANSWER_SCRATCH)
        size += make_frame(answer, index++, scratch + size);
    return (struct slice){scratch + skip, size - skip};
}

/* What stands from `place` of the body on, at most `most` bytes. */
static struct slice make_body(const struct answer *answer, uint64_t place,
                              uint64_t most, char *scratch)
{
    if (most == 0)
        return (struct slice){scratch, 0};
    if (answer->chunk == 0) {
        size_t size = most < ANSWER_SCRATCH ? (size_t)most : ANSWER_SCRATCH;
        origin_bytes(answer->seed, place, scratch, size);
        return (struct slice){scratch, size};
    }
    struct slice made = make_chunks(answer, place, scratch);
    if (made.size > most)
        made.size = (size_t)most;
    return made;
}

/* ---- the head ---- */

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
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
        {410, "Gone"},
        {413, "Content Too Large"},
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
    return "Status";
}

static bool has_no_body(int status)
{
    return status == 204 || status == 304;
}

static enum framing framing_of(const struct asked *asked)
{
    if (asked->framing == FRAMING_UNSAID)
        return FRAMING_LENGTH;
    /* HTTP/1.0 knows no chunks (RFC 9112, 6.1). */
    if (asked->framing == FRAMING_CHUNKED && asked->minor_version == 0)
        return FRAMING_CLOSE;
    return asked->framing;
}

static int print_framing(struct buffer *out, enum framing framing, int status,
                         uint64_t size)
{
    if (has_no_body(status) || framing == FRAMING_CLOSE)
        return 0;
    if (framing == FRAMING_CHUNKED)
        return buffer_append_text(out, "Transfer-Encoding: chunked\r\n");
    return buffer_print(out, "Content-Length: %" PRIu64 "\r\n", size);
}

static const char *connection_line(const struct asked *asked, bool keep)
{
    if (!keep)
        return "Connection: close\r\n";
    return asked->minor_version == 0 ? "Connection: keep-alive\r\n" : "";
}

/* A status asked for is the answer's, except when it says why not. */
static int status_of(const struct asked *asked, const struct reply *reply)
{
    if (asked->status == ASKED_UNSAID || asked->refused)
        return reply->status;
    return (int)asked->status;
}

/* No Date: the answer to a request is the same bytes every time. */
static int print_head(struct buffer *out, const struct asked *asked,
                      const struct reply *reply, bool keep)
{
    int status = status_of(asked, reply);
    uint64_t size = reply->text.size ? reply->text.size : reply->made_up;
    int error =
        buffer_print(out, "HTTP/1.1 %d %s\r\n", status, reason_of(status));
    if (!error && reply->type && !has_no_body(status))
        error = buffer_print(out, "Content-Type: %s\r\n", reply->type);
    if (!error && reply->fields)
        error = buffer_append_text(out, reply->fields);
    if (!error)
        error = print_framing(out, framing_of(asked), status, size);
    if (!error)
        error = buffer_append_text(out, connection_line(asked, keep));
    return error ? error : buffer_append_text(out, "\r\n");
}

static int append_text_body(struct buffer *out, struct slice text, bool chunked)
{
    if (!chunked)
        return buffer_append(out, text.data, text.size);
    int error = text.size ? buffer_print(out, "%zx\r\n", text.size) : 0;
    if (!error)
        error = buffer_append(out, text.data, text.size);
    if (!error && text.size)
        error = buffer_append_text(out, "\r\n");
    return error ? error : buffer_append_text(out, "0\r\n\r\n");
}

int answer_make(struct answer *answer, const struct asked *asked,
                const struct reply *reply, uint64_t seed)
{
    enum framing framing = framing_of(asked);
    bool bodiless = asked->head_only || has_no_body(status_of(asked, reply));
    bool keep = asked->keep_alive && reply->finish != FINISH_CLOSE &&
                reply->finish != FINISH_DRAIN &&
                (framing != FRAMING_CLOSE || bodiless);
    bool chunked = framing == FRAMING_CHUNKED;
    int error = print_head(&answer->text, asked, reply, keep);
    if (!error && !bodiless && reply->text.size)
        error = append_text_body(&answer->text, reply->text, chunked);
    if (!bodiless && reply->text.size == 0) {
        answer->body = reply->made_up;
        answer->chunk = chunked ? CHUNK : 0;
    }
    answer->seed = asked->seed == ASKED_UNSAID ? seed : asked->seed;
    answer->finish = reply->finish;
    if (!keep &&
        (reply->finish == FINISH_KEEP || reply->finish == FINISH_VANISH_NEXT))
        answer->finish = FINISH_CLOSE;
    answer->end = answer->text.size + body_size(answer);
    return error;
}

int answer_make_raw(struct answer *answer, struct slice text, uint64_t body,
                    uint64_t seed, enum finish finish)
{
    int error = buffer_append(&answer->text, text.data, text.size);
    answer->body = body;
    answer->seed = seed;
    answer->end = answer->text.size + body;
    answer->finish = finish;
    return error;
}

void answer_cut(struct answer *answer, uint64_t count)
{
    if (count < answer->end)
        answer->end = count;
}

void answer_cut_half(struct answer *answer)
{
    answer_cut(answer, answer->text.size + body_size(answer) / 2);
}

/* ---- a drip ---- */

static uint64_t drop_size(const struct answer *answer)
{
    return answer->chunk ? frame_size(answer->chunk) : 1;
}

void answer_start_drip(struct answer *answer)
{
    if (answer->chunk) {
        answer->chunk = 1;
        answer->end = answer->text.size + body_size(answer);
    }
    answer->dripping = true;
    answer->limit = answer->text.size;
}

void answer_drip(struct answer *answer)
{
    answer->limit += drop_size(answer);
    /* What closes the body is nothing to wait for. */
    if (answer->limit >= answer->text.size + answer->body * drop_size(answer))
        answer->dripping = false;
}

/* ---- sending ---- */

static ssize_t send_piece(const struct answer *answer, int fd, char *scratch,
                          uint64_t most)
{
    size_t text_left = answer->sent < answer->text.size
                           ? answer->text.size - (size_t)answer->sent
                           : 0;
    size_t text = text_left < most ? text_left : (size_t)most;
    /* Only looked at where the text ends before `most`. */
    uint64_t place = answer->sent + text - answer->text.size;
    struct slice body = make_body(answer, place, most - text, scratch);
    struct iovec parts[2] = {
        {answer->text.data + (answer->text.size - text_left), text},
        {(void *)(uintptr_t)body.data, body.size},
    };
    struct msghdr message = {
        .msg_iov = text ? parts : parts + 1,
        .msg_iovlen = text && body.size ? 2 : 1,
    };
    ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

enum sending answer_send(struct answer *answer, int fd, char *scratch,
                         uint64_t *count)
{
    uint64_t limit = answer->dripping && answer->limit < answer->end
                         ? answer->limit
                         : answer->end;
    *count = 0;
    for (int i = 0; answer->sent < limit; i++) {
        /* Others want a turn too. */
        if (i == PIECES_PER_TURN)
            return SEND_BLOCKED;
        ssize_t sent = send_piece(answer, fd, scratch, limit - answer->sent);
        if (sent == -EAGAIN || sent == -EWOULDBLOCK)
            return SEND_BLOCKED;
        if (sent < 0)
            return SEND_FAILED;
        answer->sent += (uint64_t)sent;
        *count += (uint64_t)sent;
    }
    return answer->sent < answer->end ? SENT_UP_TO_LIMIT : SENT_ALL;
}

void answer_deinit(struct answer *answer)
{
    buffer_deinit(&answer->text);
    *answer = (struct answer){0};
}
