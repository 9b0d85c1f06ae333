/* SPDX-License-Identifier: MIT */
/* One fetch, without any waiting: its hops, its redirects, its one retry, its
 * deadlines and its result. A model asks what the call needs, makes it happen
 * in its own way of waiting, and reports what came of it.
 *
 *     while (call_need(call) != CALL_IS_DONE)
 *         addresses:  look the host up,       call_resolved
 *         connection: connect to the address, call_connected
 *         transfer:   send and receive,       call_sent, call_received
 *                     then keep the connection if call_may_reuse, or close it
 *
 * A redirect, a refused address with another one behind it, or the one allowed
 * retry only makes the call need something again: a client is a loop over hops
 * and never sees why.
 *
 * `now` is always the caller's: read the clock once a wake-up, not once a call.
 * A call belongs to one thread at a time. The same in Twisted is an Agent's
 * request, in asyncio the body of a client's request().
 */
#ifndef HTTP_CALL_H
#define HTTP_CALL_H

#include "base/nanos.h"
#include "http/address.h"
#include "http/exchange.h"
#include "http/kept_connection.h"
#include "http/result.h"
#include "http/tls_trust.h"

#ifdef __cplusplus
extern "C" {
#endif

struct call;

/* Shared by all calls of a batch, and not changed while they run. */
struct call_options {
    bool keep_alive; /* ask for connections that stay open */
    bool keep_body;  /* false: the body is counted and dropped */
    /* per hop: look-up, connect, TLS handshake; NEVER for none */
    nanos connect_timeout;
    nanos total_timeout; /* the whole call, redirects included */
    int redirects_max;   /* 0: a redirect is the answer */
    struct message_limits limits;
    struct tls_trust *trust; /* for https; borrowed; NULL: http only */

    /* The work that a page causes: called once per page that arrived, where
     * the model does its work (in the thread, in the child). May be NULL. */
    void (*work)(void *context, struct result *result);
    void *work_context;

    /* Told of every mark as it is set, on the thread that set it; of MARK_START
     * also when another hop begins. */
    void (*trace)(void *context, const struct call *call, enum mark mark,
                  nanos when);
    void *trace_context;
};

/* No keep-alive, body kept, 10 s to connect, 60 s in all, redirects not
 * followed. */
extern const struct call_options call_default_options;

/* How long an attempt to connect goes on alone, and how long it goes on at all
 * if it has no deadline: see "several addresses" below. */
#define CALL_ATTEMPT_DELAY (250 * NANOS_PER_MILLISECOND)
#define CALL_ATTEMPT_PATIENCE (2 * NANOS_PER_SECOND)

enum call_need {
    CALL_NEEDS_ADDRESSES,  /* of call_endpoint's host: call_resolved */
    CALL_NEEDS_CONNECTION, /* to call_address: call_connected */
    CALL_NEEDS_TRANSFER,   /* see call_wants: call_sent, call_received */
    CALL_IS_DONE,          /* call_result has it */
};

struct call {
    struct exchange exchange;
    struct result result;
    struct doer doer; /* what works on this call; set by the model */

    /* The call's own. */
    enum call_need need;
    int unsecured; /* why there could be no TLS, a negative errno; else 0 */
    const struct call_options *options;
    const struct request *request; /* of this hop: borrowed, or `redirected` */
    struct request *redirected;    /* owned; NULL before the first redirect */
    struct request *left;          /* the request of the hop before, owned: the
                                    * kernel may still read its bytes (see
                                    * call_output); or NULL */
    size_t index;
    nanos connect_deadline, total_deadline;
    struct tls *tls;        /* of this connection, if it has any: what ... */
    struct tls *own_tls;    /* ... is kept with it, or this one */
    struct address address; /* the one to try now */
    struct addresses *addresses; /* where more than one is known; owned */
    int address_index;
    int refused; /* why this machine could not try all of them: a negative
                  * errno; else 0 */
    bool retried;
    bool begun;      /* bytes of the request have left */
    nanos attempted; /* when the one to try now became that, of several */
};

/* Once per worker or slot. `options` is borrowed. */
void call_init(struct call *call, const struct call_options *options);
void call_deinit(struct call *call);

/* Can a call with these options fetch this URL? URL_OK; or the sentence why
 * not: it is an https URL, and there is no TLS. A call that leads to such a URL
 * ends with FETCH_BAD_URL, or FETCH_BAD_REDIRECT if a redirect led there. */
enum url_error call_check_url(const struct call_options *options,
                              const struct url *url);

/* Begins a fetch. The request is borrowed until the call is done; `index` is
 * what the batch calls it. Starting over keeps the memory of the last time. */
void call_start(struct call *call, const struct request *request, size_t index,
                nanos now);

static inline enum call_need call_need(const struct call *call)
{
    return call->need;
}

/* What it is doing, in a word: "resolving", "connecting", "securing",
 * "sending", "waiting" (for the answer), "receiving" or "done". */
const char *call_phase(const struct call *call);

/* What this hop asks for, and where that leads. Good until the next report. */
static inline const struct url *call_url(const struct call *call)
{
    return &call->request->url;
}

static inline const struct endpoint *call_endpoint(const struct call *call)
{
    return &call_url(call)->endpoint;
}

/* Can this hop use the kept connection? Yes, if it leads to the same endpoint
 * and the request may be sent twice: a kept connection can turn out to be
 * closed, and then the request is sent again. An empty one is never used. */
bool call_accepts_kept(const struct call *call,
                       const struct kept_connection *kept);

/* The moment by which something must have happened; NEVER for none. It only
 * moves when the need changes and when TLS is ready, so a dripping server
 * cannot stretch it; and where call_connected or call_sent finds that TLS has
 * no memory, it becomes that very moment: ask again after both. */
nanos call_deadline(const struct call *call);

/* ---- what happened ---- */

/* A connection can be had in every state before the transfer: a kept one, which
 * call_accepts_kept has accepted, saves the look-up too. An empty `kept` means
 * a new connection and is filled, if that may be kept; without memory for that
 * `kept` stays empty, which only means that it is not used again. NULL for a
 * client that keeps none. After the last address has failed the call is done.
 */
void call_resolved(struct call *call, const struct addresses *addresses,
                   nanos now);
const struct address *call_address(const struct call *call);
void call_connected(struct call *call, struct kept_connection *kept, nanos now);

/* Where this machine is short of something (call_is_short), no other address is
 * tried: none is to blame. */
void call_connect_failed(struct call *call, int negative_errno, nanos now);

/* ---- several addresses (RFC 8305) ----
 *
 * The first address of a host may be one that never answers, while another one
 * does. So an attempt to connect has a time of its own, wherever there is
 * another address to go on to. For a host with one address all of this is
 * NEVER, false, or the deadline of the call.
 *
 * A model that can wait for many things at once races them
 * (nonblocking/rivals.h): at call_next_attempt it goes on to the next address
 * (call_next_address; NULL if there is none), and says so with
 * call_try_another, while the attempts so far continue. The first one that
 * connects is the connection, and the others are closed. If one fails the next
 * address is tried at once; call_connect_failed is only told of the last one.
 *
 * A model that can wait for one thing at a time gives each attempt its share of
 * the time that is left to connect, or CALL_ATTEMPT_PATIENCE where that has no
 * end. At call_attempt_deadline it reports -ETIMEDOUT to call_connect_failed,
 * which leads to the next address. */
nanos call_next_attempt(const struct call *call);
const struct address *call_next_address(const struct call *call);
bool call_try_another(struct call *call, nanos now); /* false: there is none */
nanos call_attempt_deadline(const struct call *call);

/* Is it for want of a descriptor or of memory that no attempt could begin? Any
 * other errno may be the address's own. */
bool call_is_short(int negative_errno);

/* That is so for another attempt now: call_next_attempt is put off by another
 * CALL_ATTEMPT_DELAY. If the call fails before it has been made up for, that is
 * the reason. */
void call_delay_attempt(struct call *call, int negative_errno, nanos now);

/* ---- the transfer ---- */

/* See exchange.h. Negative errno for an error. Send what there is to send
 * before you wait, and ask call_wants again after each report: what arrives may
 * be a reason to send.
 *
 * What call_output has returned stays in place, the same bytes at the same
 * address, until call_sent reports on it, also across call_received: it may be
 * in the kernel's hands. An answer may end the transfer while that is so; then
 * the bytes stay until call_connected, call_start or call_deinit.
 *
 * On a kept connection, what is received before anything was sent is not an
 * answer, and a 408 is one to a request that the server did not wait for: in
 * both cases the call needs a new connection, once, as if this one had been
 * closed. Anything else that a server sends unasked, but so late that the
 * request is on its way, is taken for the answer: nothing tells them apart. */
unsigned call_wants(const struct call *call);
struct slice call_output(const struct call *call);
void call_sent(struct call *call, ssize_t count, nanos now);
void call_received(struct call *call, const char *data, ssize_t count,
                   nanos now);

/* True if the deadline has passed: ends the call with the error that fits. */
bool call_expire(struct call *call, nanos now);

/* Ends the call with an error of the list. FETCH_NO_HOST with EAI_MEMORY or a
 * positive errno (blocking/lookup.h) means that this machine refused the
 * look-up something: the call then ends with that error instead. Harmless once
 * the call is done. */
void call_fail(struct call *call, enum fetch_error error, int detail,
               nanos now);

/* After a transfer: may the connection it used be kept? */
bool call_may_reuse(const struct call *call);

/* The result, once the call is done. The batch may take its contents; the call
 * owns what is left. */
static inline struct result *call_result(struct call *call)
{
    return &call->result;
}

#ifdef __cplusplus
}
#endif

#endif
