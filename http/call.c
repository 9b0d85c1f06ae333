/* SPDX-License-Identifier: MIT */
#include "http/call.h"

#include "http/redirect.h"
#include "http/secure_exchange_internal.h"

#include <errno.h>
#include <stdlib.h>

const struct call_options call_default_options = {
    .keep_body = true,
    .connect_timeout = 10 * NANOS_PER_SECOND,
    .total_timeout = 60 * NANOS_PER_SECOND,
    .limits = {.line = MESSAGE_LINE_DEFAULT,
               .head = MESSAGE_HEAD_DEFAULT,
               .body = MESSAGE_BODY_DEFAULT},
};

void call_init(struct call *call, const struct call_options *options)
{
    *call = (struct call){0};
    call->options = options;
    call->need = CALL_IS_DONE;
    exchange_init(&call->exchange, &options->limits);
    result_init(&call->result);
}

static void forget_addresses(struct call *call)
{
    free(call->addresses);
    call->addresses = NULL;
    call->address_index = 0;
    call->refused = 0;
}

static void forget_request(struct request **request)
{
    if (*request) {
        request_deinit(*request);
        free(*request);
        *request = NULL;
    }
}

void call_deinit(struct call *call)
{
    forget_addresses(call);
    forget_request(&call->redirected);
    forget_request(&call->left);
    tls_free(call->own_tls);
    exchange_deinit(&call->exchange);
    result_deinit(&call->result);
}

static void trace(const struct call *call, enum mark mark, nanos now)
{
    if (call->options->trace)
        call->options->trace(call->options->trace_context, call, mark, now);
}

static void set_mark(struct call *call, enum mark mark, nanos now)
{
    call->result.marks[mark] = now;
    trace(call, mark, now);
}

const char *call_phase(const struct call *call)
{
    const nanos *marks = call->result.marks;
    if (call->need == CALL_IS_DONE)
        return "done";
    if (call->need == CALL_NEEDS_ADDRESSES)
        return "resolving";
    if (call->need == CALL_NEEDS_CONNECTION)
        return "connecting";
    if (call->tls && !tls_is_ready(call->tls))
        return "securing";
    if (marks[MARK_FIRST_BYTE] != NEVER)
        return "receiving";
    return marks[MARK_SENT] != NEVER ? "waiting" : "sending";
}

/* Every call ends in this function. */
static void finish_call(struct call *call, enum fetch_error error, int detail,
                        nanos now)
{
    struct result *result = &call->result;
    if (call->need == CALL_NEEDS_TRANSFER) {
        struct message *response = &call->exchange.response;
        if (message_has_head(response)) {
            struct headers spare = result->headers;
            result->headers = response->headers;
            response->headers = spare;
            result->status = response->status;
        }
        result->body_bytes = response->body_bytes;
    }
    if (error != FETCH_OK) {
        /* Makes call_may_reuse say no: more may still come on the
         * connection. */
        call->exchange.done = false;
        result_fail(result, error, detail);
    }
    forget_addresses(call);
    call->need = CALL_IS_DONE;
    set_mark(call, MARK_DONE, now);
    if (error == FETCH_OK && call->options->work)
        call->options->work(call->options->work_context, result);
}

/* ---- hops ---- */

enum url_error call_check_url(const struct call_options *options,
                              const struct url *url)
{
    if (!options->trust)
        return url_without_tls(url, URL_OK);
    return !url->endpoint.secure || tls_is_available() ? URL_OK : URL_NO_TLS;
}

/* A hop starts by asking where the host is, unless the URL says so itself. */
static void begin_hop(struct call *call, nanos now)
{
    for (int mark = MARK_RESOLVED; mark < MARK_COUNT; mark++)
        call->result.marks[mark] = NEVER;
    call->connect_deadline = nanos_after(now, call->options->connect_timeout);
    call->need = CALL_NEEDS_ADDRESSES;
    if (call->result.redirects || call->retried)
        trace(call, MARK_START, now);
    if (call->request->address.size > 0) {
        call->address = call->request->address;
        call->need = CALL_NEEDS_CONNECTION;
        set_mark(call, MARK_RESOLVED, now);
    }
}

void call_start(struct call *call, const struct request *request, size_t index,
                nanos now)
{
    forget_request(&call->redirected);
    forget_request(&call->left);
    forget_addresses(call);
    result_clear(&call->result);
    call->result.doer = call->doer;
    call->request = request;
    call->index = index;
    call->retried = false;
    call->unsecured = 0;
    call->total_deadline = nanos_after(now, call->options->total_timeout);
    call->need = CALL_NEEDS_ADDRESSES;
    set_mark(call, MARK_START, now);
    enum url_error bad = call_check_url(call->options, &request->url);
    if (bad == URL_OK)
        begin_hop(call, now);
    else
        finish_call(call, FETCH_BAD_URL, (int)bad, now);
}

bool call_accepts_kept(const struct call *call,
                       const struct kept_connection *kept)
{
    return call->options->keep_alive && !call->retried &&
           method_is_idempotent(call->request->method) &&
           endpoint_equal(&kept->endpoint, call_endpoint(call));
}

/* The hop is connected only once the connection is secure. */
static bool is_connecting(const struct call *call)
{
    return call->need != CALL_NEEDS_TRANSFER ||
           (call->tls && !tls_is_ready(call->tls));
}

nanos call_deadline(const struct call *call)
{
    if (!is_connecting(call))
        return call->total_deadline;
    return nanos_earlier(call->connect_deadline, call->total_deadline);
}

void call_fail(struct call *call, enum fetch_error error, int detail, nanos now)
{
    if (call->need == CALL_IS_DONE)
        return;
    if (error == FETCH_NO_HOST)
        error = fetch_error_from_lookup(detail, &detail);
    finish_call(call, error, detail, now);
}

static void end_unsecured(struct call *call, nanos now)
{
    finish_call(call, fetch_error_from_errno(call->unsecured), call->unsecured,
                now);
}

/* What this machine has refused is the reason. If it did so until the time was
 * up, it is no reason to begin again, and the detail says that
 * (batch_may_begin_again). */
static void finish_unconnected(struct call *call, enum fetch_error error,
                               int negative_errno, nanos now)
{
    if (call->refused) {
        error = fetch_error_from_errno(call->refused);
        if (negative_errno != -ETIMEDOUT)
            negative_errno = call->refused;
    }
    finish_call(call, error, negative_errno, now);
}

bool call_expire(struct call *call, nanos now)
{
    if (call->need == CALL_IS_DONE || now < call_deadline(call))
        return false;
    if (call->unsecured) {
        end_unsecured(call, now);
        return true;
    }
    bool connecting = is_connecting(call);
    bool connect_first = call->connect_deadline < call->total_deadline;
    finish_unconnected(call,
                       connecting && connect_first ? FETCH_CONNECT_TIMEOUT
                                                   : FETCH_TIMEOUT,
                       -ETIMEDOUT, now);
    return true;
}

/* ---- before the transfer ---- */

void call_resolved(struct call *call, const struct addresses *addresses,
                   nanos now)
{
    call->address = addresses->list[0];
    if (addresses->count > 1) {
        /* Without memory for all addresses, the first one still serves; if it
         * does not, the lack of memory is the reason. */
        call->addresses = malloc(sizeof *call->addresses);
        if (call->addresses)
            *call->addresses = *addresses;
        else
            call->refused = -ENOMEM;
        call->attempted = now;
    }
    call->need = CALL_NEEDS_CONNECTION;
    set_mark(call, MARK_RESOLVED, now);
}

const struct address *call_address(const struct call *call)
{
    return &call->address;
}

/* How many addresses follow the one to try now. */
static int addresses_left(const struct call *call)
{
    if (!call->addresses || call->need != CALL_NEEDS_CONNECTION)
        return 0;
    return call->addresses->count - 1 - call->address_index;
}

nanos call_next_attempt(const struct call *call)
{
    if (!addresses_left(call))
        return NEVER;
    return nanos_after(call->attempted, CALL_ATTEMPT_DELAY);
}

const struct address *call_next_address(const struct call *call)
{
    return addresses_left(call)
               ? &call->addresses->list[call->address_index + 1]
               : NULL;
}

bool call_is_short(int negative_errno)
{
    enum fetch_error error = fetch_error_from_errno(negative_errno);
    return error == FETCH_NO_DESCRIPTOR || error == FETCH_NO_MEMORY ||
           negative_errno == -ENOSPC; /* epoll's limit of watches */
}

bool call_try_another(struct call *call, nanos now)
{
    if (!addresses_left(call))
        return false;
    call->address = call->addresses->list[++call->address_index];
    call->attempted = now;
    call->refused = 0;
    return true;
}

void call_delay_attempt(struct call *call, int negative_errno, nanos now)
{
    call->attempted = now;
    call->refused = negative_errno;
}

nanos call_attempt_deadline(const struct call *call)
{
    nanos deadline = call_deadline(call);
    int left = addresses_left(call);
    if (!left)
        return deadline;
    nanos share = CALL_ATTEMPT_PATIENCE;
    if (deadline != NEVER)
        share = nanos_until(deadline, call->attempted) / (left + 1);
    return nanos_after(call->attempted, share);
}

void call_connect_failed(struct call *call, int negative_errno, nanos now)
{
    enum fetch_error error = fetch_error_from_errno(negative_errno);
    if (!call_is_short(negative_errno) && call_try_another(call, now))
        return;
    if (error == FETCH_TIMEOUT)
        error = FETCH_CONNECT_TIMEOUT; /* the kernel's patience, not ours */
    finish_unconnected(call, error, negative_errno, now);
}

/* TLS goes with the kept connection; the call owns it only if the client keeps
 * none. */
static int secure(struct call *call, struct kept_connection *kept)
{
    struct tls **tls = kept ? &kept->tls : &call->own_tls;
    struct tls_context *context;
    int error = 0;
    tls_free(call->own_tls);
    call->own_tls = NULL;
    call->tls = NULL;
    if (!call_endpoint(call)->secure)
        return 0;
    if (!*tls)
        error = tls_trust_context(call->options->trust, &context);
    if (!*tls && !error)
        error = tls_connect_new(tls, context, call_endpoint(call)->host);
    call->tls = *tls;
    return error;
}

/* If there is no TLS, nothing may be sent, and so no answer will come. The call
 * cannot end in here, because its client does not expect that of
 * call_connected and call_sent. So its deadline is set to now: the client then
 * calls call_expire, and that reports the real error. */
static void check_secured(struct call *call, nanos now)
{
    if (call->tls && tls_error(call->tls) == TLS_NO_MEMORY)
        call->unsecured = -ENOMEM;
    if (!call->unsecured)
        return;
    exchange_sent(&call->exchange, call->unsecured);
    call->total_deadline = now;
}

void call_connected(struct call *call, struct kept_connection *kept, nanos now)
{
    forget_addresses(call);
    forget_request(&call->left);
    buffer_clear(&call->result.body);
    call->begun = false;
    call->result.reused = kept && !kept_connection_is_empty(kept);
    call->unsecured = secure(call, kept);
    if (kept && !call->result.reused && call->options->keep_alive)
        (void)endpoint_copy(&kept->endpoint, call_endpoint(call));
    exchange_start(&call->exchange, call->request, call->options->keep_alive,
                   call->options->keep_body ? &call->result.body : NULL);
    call->need = CALL_NEEDS_TRANSFER;
    set_mark(call, MARK_CONNECTED, now);
    if (call->tls && tls_is_ready(call->tls)) {
        set_mark(call, MARK_SECURED, now);
        secure_exchange_push(&call->exchange, call->tls);
    }
    check_secured(call, now);
}

/* ---- redirects ---- */

static struct request *next_request(const struct request *from,
                                    const struct url *url, int status)
{
    struct request *next = calloc(1, sizeof *next);
    if (next && redirect_request(next, from, url, status)) {
        free(next);
        next = NULL;
    }
    return next;
}

static void follow_redirect(struct call *call, const char *location, nanos now)
{
    if (call->result.redirects == call->options->redirects_max) {
        finish_call(call, FETCH_REDIRECTS, 0, now);
        return;
    }
    struct url url = {0};
    enum url_error bad = url_resolve(&url, call_url(call), location);
    if (bad == URL_OK)
        bad = call_check_url(call->options, &url);
    else if (!call->options->trust)
        bad = url_without_tls(&url, bad);
    if (bad != URL_OK) {
        url_deinit(&url);
        if (bad == URL_NO_MEMORY)
            finish_call(call, FETCH_NO_MEMORY, -ENOMEM, now);
        else
            finish_call(call, FETCH_BAD_REDIRECT, (int)bad, now);
        return;
    }
    struct request *next =
        next_request(call->request, &url, call->exchange.response.status);
    url_deinit(&url);
    if (!next) {
        finish_call(call, FETCH_NO_MEMORY, -ENOMEM, now);
        return;
    }
    /* The bytes of the last request must stay until the next call_connected,
     * see call_output. */
    forget_request(&call->left);
    call->left = call->redirected;
    call->redirected = next;
    call->request = next;
    call->retried = false;
    call->result.redirects++;
    begin_hop(call, now);
}

/* ---- the transfer ---- */

/* May the request be sent again, on a new connection? */
static bool may_retry(const struct call *call)
{
    return call->result.reused && method_is_idempotent(call->request->method);
}

/* The server may have given up a kept connection while the client did not look.
 * Then either nothing came back (RFC 9112, 9.3.1), or a 408: the server had
 * waited for too long (RFC 9110, 15.5.9). */
static bool was_stale(const struct call *call)
{
    const struct exchange *exchange = &call->exchange;
    if (exchange->error == FETCH_OK)
        return may_retry(call) && exchange->response.status == 408;
    return may_retry(call) && !exchange_is_answered(exchange) &&
           (exchange->error == FETCH_CLOSED || exchange->error == FETCH_RESET);
}

static void retry(struct call *call, nanos now)
{
    call->exchange.may_reuse = false;
    call->retried = true;
    begin_hop(call, now);
}

static void end_transfer(struct call *call, nanos now)
{
    const struct exchange *exchange = &call->exchange;
    if (was_stale(call)) {
        retry(call, now);
        return;
    }
    if (exchange->error != FETCH_OK) {
        finish_call(call, exchange->error, exchange->detail, now);
        return;
    }
    const char *location = redirect_location(&exchange->response);
    if (location && call->options->redirects_max > 0)
        follow_redirect(call, location, now);
    else
        finish_call(call, FETCH_OK, 0, now);
}

unsigned call_wants(const struct call *call)
{
    return call->tls ? secure_exchange_wants(&call->exchange, call->tls)
                     : exchange_wants(&call->exchange);
}

struct slice call_output(const struct call *call)
{
    return call->tls ? tls_output(call->tls) : exchange_output(&call->exchange);
}

/* With TLS, more may be left to send although the whole request has been
 * written, and the request may have to wait although TLS has nothing to
 * send. */
static bool is_sent(const struct call *call)
{
    return !(call_wants(call) & WANTS_WRITE) &&
           !(exchange_wants(&call->exchange) & WANTS_WRITE);
}

void call_sent(struct call *call, ssize_t count, nanos now)
{
    if (call->tls) {
        secure_exchange_sent(&call->exchange, call->tls, count);
        check_secured(call, now);
    } else {
        exchange_sent(&call->exchange, count);
    }
    call->begun |= count > 0;
    if (count >= 0 && is_sent(call))
        set_mark(call, MARK_SENT, now);
}

static void end_insecure(struct call *call, enum tls_error error, nanos now)
{
    if (error == TLS_NO_MEMORY)
        finish_call(call, FETCH_NO_MEMORY, -ENOMEM, now);
    else
        finish_call(call, FETCH_TLS, (int)error, now);
}

/* A whole answer came over a connection that was secure until then, whatever is
 * wrong with the connection now. */
static void received_by_tls(struct call *call, const char *data, ssize_t count,
                            nanos now)
{
    bool was_secure = tls_is_ready(call->tls);
    bool was_answered = exchange_is_answered(&call->exchange);
    enum tls_error error =
        secure_exchange_received(&call->exchange, call->tls, data, count);
    if (!was_secure && tls_is_ready(call->tls))
        set_mark(call, MARK_SECURED, now);
    if (!was_answered && exchange_is_answered(&call->exchange))
        set_mark(call, MARK_FIRST_BYTE, now);
    if (error)
        call->exchange.may_reuse = false;
    if (error && !exchange_is_done(&call->exchange))
        end_insecure(call, error, now);
    else if (exchange_is_done(&call->exchange))
        end_transfer(call, now);
}

void call_received(struct call *call, const char *data, ssize_t count,
                   nanos now)
{
    if (call->unsecured) {
        end_unsecured(call, now);
        return;
    }
    if (count >= 0 && !call->begun && may_retry(call)) {
        retry(call, now);
        return;
    }
    if (call->tls) {
        received_by_tls(call, data, count, now);
        return;
    }
    if (count > 0 && !exchange_is_answered(&call->exchange))
        set_mark(call, MARK_FIRST_BYTE, now);
    exchange_received(&call->exchange, data, count);
    if (exchange_is_done(&call->exchange))
        end_transfer(call, now);
}

bool call_may_reuse(const struct call *call)
{
    return exchange_may_reuse(&call->exchange);
}
