/* SPDX-License-Identifier: MIT */
/* A response on its way out: the counterpart of the parser in message.h, for
 * servers. It is told what the answer is and says which bytes to send next; it
 * waits for nothing and never sends.
 *
 * It writes the head, decides how the body is framed (RFC 9112, 6), and frames
 * the body piece by piece. A piece may be copied, so that a short body leaves
 * in one write with its head, or it may only be announced: then its bytes stay
 * the caller's, and a body of any size needs no memory here.
 *
 *     response_start(r, &terms, &head)
 *     response_append(r, text)        a piece that is copied
 *     response_frame(r, size)         a piece that stays the caller's
 *     response_end(r)
 *
 *     while (response_wants_write(r)) {
 *         count = response_output(r, rest of the piece, parts)
 *         send those parts, response_sent(r, n)
 *     }
 *     response_then(r) says what becomes of the connection
 *
 * No Date is added: the caller has the clock. The same in h11 is a Connection's
 * send(), in asyncio's and Twisted's servers a transport's write().
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "http/headers.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "Not Found" for 404; empty for a status without a usual phrase. */
const char *response_reason(int status);

/* Has a response with that status a body? 101, 204, 205 and 304 have none
 * (RFC 9110, 15). */
bool response_status_has_body(int status);

/* What the request allows. server_request_terms (server_request.h) fills it
 * in. */
struct response_terms {
    int minor_version; /* of the client's HTTP/1.x */
    bool head_only;    /* a HEAD request: no body is sent */
    bool keep_alive;   /* the client wants the connection to stay open */
    bool unread;       /* a part of the request has not been read */
};

enum response_framing {
    RESPONSE_BY_LENGTH,
    RESPONSE_CHUNKED,     /* until the connection closes, for HTTP/1.0 */
    RESPONSE_UNTIL_CLOSE, /* the connection's end is the body's */
};

struct response_head {
    int status;         /* 101, or 200 to 599 */
    const char *reason; /* NULL: the usual phrase */
    /* The caller's own fields; NULL for none. Those about framing and the
     * connection are written here. */
    const struct headers *fields;
    enum response_framing framing;
    uint64_t length; /* of the whole body: RESPONSE_BY_LENGTH */
    bool close;      /* end the connection afterwards */
};

enum response_state {
    RESPONSE_IDLE,
    RESPONSE_IN_BODY, /* the head is written, and the body is being given */
    RESPONSE_ENDED,   /* all of it is given; it may not be sent yet */
};

/* All zero is a response that has not been started. */
struct response {
    bool keep_alive; /* once started: may another request follow? */

    /* The writer's own. */
    enum response_state state;
    enum response_framing framing;
    bool bodiless;      /* pieces are dropped: HEAD, 204, 304 … */
    bool counts;        /* the pieces must come to `length` */
    bool switches;      /* the status is 101 */
    bool unread;        /* as in the terms */
    uint64_t body_left; /* of the length that was promised */
    struct buffer out;  /* the writer's bytes: heads, chunk sizes, copies */
    size_t sent;        /* how many of them have been sent */
    size_t piece_at;    /* where in `out` the announced piece belongs */
    uint64_t piece_left;
};

void response_deinit(struct response *response);

/* Writes an interim head, 100 or 103, before the response starts. A client of
 * HTTP/1.0 must not be sent one (RFC 9110, 15.2). `fields` may be NULL. 0;
 * -EINVAL for a field that is written here; -ENOMEM. */
int response_interim(struct response *response, int status,
                     const struct headers *fields);

/* Starts a response, after the last one has ended and its announced pieces are
 * sent. Nothing that is passed need outlive the call.
 *
 * The responses to HEAD and those with a status that has no body are sent
 * without: what is given as one is dropped, so that a caller need not care.
 *
 * 0; -EINVAL for a status out of range, a reason with a line end, or a field
 * that is written here (Content-Length, Transfer-Encoding, Connection);
 * -ENOMEM. After an error nothing was started. */
int response_start(struct response *response,
                   const struct response_terms *terms,
                   const struct response_head *head);

/* Once started: is a body sent? If not, the caller need not make one. */
static inline bool response_has_body(const struct response *response)
{
    return !response->bodiless;
}

/* Each adds a piece to the body: a copy of `piece`; or `size` bytes that the
 * caller passes to response_output. Only one announced piece may be unsent at a
 * time, and nothing is added behind it. An empty piece is nothing.
 *
 * 0; -EMSGSIZE when the body would be longer than the length promised; -ENOMEM.
 * After an error nothing was added. */
int response_append(struct response *response, struct slice piece);
int response_frame(struct response *response, uint64_t size);

/* The body is complete. 0, or -EMSGSIZE: it is shorter than the length
 * promised, so all that is left to do is to close. */
int response_end(struct response *response);

/* How much of the announced piece is unsent. */
static inline uint64_t response_piece_left(const struct response *response)
{
    return response->piece_left;
}

static inline bool response_wants_write(const struct response *response)
{
    return response->piece_left > 0 || response->sent < response->out.size;
}

enum { RESPONSE_PARTS = 3 };

/* What to send next, in this order: returns how many of `parts` are in use. 0:
 * nothing is to be sent now. `piece` is where the unsent rest of the announced
 * piece lies, or its beginning: what comes behind the piece is only in the
 * parts when all of the rest is. Parts are good until the next call that
 * changes the response. */
size_t response_output(const struct response *response, struct slice piece,
                       struct slice parts[RESPONSE_PARTS]);

/* `count` bytes of the parts went out. */
void response_sent(struct response *response, size_t count);

/* Has the whole response been given and sent? */
static inline bool response_is_done(const struct response *response)
{
    return response->state == RESPONSE_ENDED && !response_wants_write(response);
}

/* What becomes of the connection when a response is done (RFC 9112, 9.6). */
enum response_sequel {
    RESPONSE_THEN_NEXT,  /* the next request is read */
    RESPONSE_THEN_CLOSE, /* it is closed */
    /* The client may still be sending. A close with bytes unread is a reset,
     * which can overtake the response: so shut down writing, read and drop
     * for a while, then close. */
    RESPONSE_THEN_DRAIN,
    RESPONSE_THEN_SWITCH, /* what follows is not HTTP any more: 101 */
};

enum response_sequel response_then(const struct response *response);

#ifdef __cplusplus
}
#endif

#endif
