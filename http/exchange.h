/* SPDX-License-Identifier: MIT */
/* One request out, one response in, over a connection that other code waits on.
 * It is told what happened and says what it wants next; it may want to write
 * and to read at once, because a server may answer a large POST before it has
 * read the whole of it.
 *
 *     while (!exchange_is_done(x)) {
 *         unsigned wants = exchange_wants(x);
 *         if (wants & WANTS_WRITE) send exchange_output(x), exchange_sent(x, n)
 *         if (wants & WANTS_READ)  receive, exchange_received(x, bytes, n)
 *     }
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "http/message.h"
#include "http/request.h"
#include "http/result.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WANTS_READ = 1, WANTS_WRITE = 2 };

struct exchange {
    /* How it ended: read them once exchange_is_done. */
    enum fetch_error error;
    int detail;
    struct message response;

    /* The exchange's own. */
    const struct request *request;
    bool keep_alive; /* which of the request's two heads is sent */
    bool done;
    bool may_reuse; /* decided at the end: the request may be gone by then */
    int send_error; /* sending failed: an answer may still be there to read */
    size_t sent;    /* of head and body together */
};

/* `limits` is borrowed. An exchange is initialised once and started often. */
void exchange_init(struct exchange *exchange,
                   const struct message_limits *limits);
void exchange_deinit(struct exchange *exchange);

/* Starts over with a request, borrowed until the exchange is done. `body`
 * receives the answer's body; NULL: it is only counted. */
void exchange_start(struct exchange *exchange, const struct request *request,
                    bool keep_alive, struct buffer *body);

/* WANTS_READ, WANTS_WRITE, both; 0 once it is done. */
unsigned exchange_wants(const struct exchange *exchange);

/* What to send now, owned by the request. Empty when nothing is to be sent. */
struct slice exchange_output(const struct exchange *exchange);

/* Reports what send did: `count` bytes went out, or a negative errno. After an
 * error it wants only to read: the answer may explain. */
void exchange_sent(struct exchange *exchange, ssize_t count);

/* Reports what recv did: bytes, 0 for a closed connection, a negative errno.
 * Bytes behind the end of the answer make the connection unfit for reuse. */
void exchange_received(struct exchange *exchange, const char *data,
                       ssize_t count);

static inline bool exchange_is_done(const struct exchange *exchange)
{
    return exchange->done;
}

/* Once done: can the connection serve another request (RFC 9112, 9.3)? */
bool exchange_may_reuse(const struct exchange *exchange);

/* Did anything at all come back? */
bool exchange_is_answered(const struct exchange *exchange);

#ifdef __cplusplus
}
#endif

#endif
