/* SPDX-License-Identifier: MIT */
/* A page out of callbacks: each function begins where the loop calls it and
 * ends where it would have to wait. It says what is to be called then, and
 * returns. */
#ifndef STEP
#define STEP 5
#define SOLVED 5
#endif

#include "lessons/E1/fetch.h"
#include "lessons/your_code.h"

/* ---- step 1: a closure by hand ---- */

/* Calls callback.fn, with what it knows, callback.context, and the result. */
void callback_call(struct callback callback, struct result *result)
{
#if SOLVED >= 1
    callback.fn(callback.context, result);
#else
    YOUR_CODE(callback, result);
#endif
}

/* What a logged callback is: its context is a struct logged. Counts the call,
 * writes "NAME CALLS: STATUS" and the end of a line to its log (result->status
 * is the status), and then calls the callback inside, with the same result. */
static void logged_call(void *context, struct result *result)
{
    struct logged *logged = context;
#if SOLVED >= 1
    logged->calls++;
    fprintf(logged->log, "%s %d: %d\n", logged->name, logged->calls,
            result->status);
    callback_call(logged->callback, result);
#else
    YOUR_CODE(logged, result);
#endif
}

/* A new closure: logged_call, and the logged that it is to know. The callback
 * inside stays as it is. */
struct callback logged_callback(struct logged *logged)
{
#if SOLVED >= 1
    return (struct callback){logged_call, logged};
#else
    YOUR_CODE(logged, logged_call);
    return logged->callback;
#endif
}
#if STEP >= 2

/* ---- given: what happens next ---- */

static nanos now(const struct fetch *fetch)
{
    return loop_time(fetch->network->loop);
}

static void look_up(struct fetch *fetch);
static void connect_to(struct fetch *fetch);
#if STEP >= 3
static void finish(struct fetch *fetch);
#endif
#if STEP >= 4
static void set_deadline(struct fetch *fetch);
static void end_soon(struct fetch *fetch);
#endif

/* The call knows what it needs: after a redirect it is all of it once more, and
 * after a connection that failed it may be another address. */
static void go_on(struct fetch *fetch)
{
#if STEP >= 4
    set_deadline(fetch);
#endif
    if (call_need(&fetch->call) == CALL_NEEDS_ADDRESSES)
        look_up(fetch);
    else if (call_need(&fetch->call) == CALL_NEEDS_CONNECTION)
        connect_to(fetch);
#if STEP >= 3
    else
        finish(fetch);
#endif
}

/* Something did not even begin. */
static void refused(struct fetch *fetch, int error)
{
    call_fail(&fetch->call, fetch_error_from_errno(error), error, now(fetch));
#if STEP >= 4
    end_soon(fetch);
#endif
}

/* ---- step 2: look up, connect, send ---- */

/* Keeps `done` for later, starts the call (call_start, with the job's request
 * and index) and goes on: go_on knows whether there is a name to look up. */
void fetch_start(struct fetch *fetch, const struct job *job,
                 struct callback done)
{
#if SOLVED >= 2
    fetch->done = done;
    call_start(&fetch->call, job->request, job->index, now(fetch));
    go_on(fetch);
#else
    YOUR_CODE(fetch, job, done);
#endif
}

/* Asks the network to look call_endpoint(&fetch->call) up, into
 * fetch->resolution. fetch_init has set what it calls: on_resolved. If it
 * does not begin: refused, with the error that it has returned. */
static void look_up(struct fetch *fetch)
{
#if SOLVED >= 2
    struct network *network = fetch->network;
    int error = network->look_up(network, call_endpoint(&fetch->call),
                                 &fetch->resolution);
    if (error)
        refused(fetch, error);
#else
    YOUR_CODE(fetch, refused);
#endif
}

/* The look-up is over. With a code other than 0 the call fails: FETCH_NO_HOST,
 * and the code is the detail. Else it is told where the host is:
 * call_resolved. Either way, go_on. */
static void on_resolved(struct resolution *resolution, int code,
                        const struct addresses *addresses)
{
    struct fetch *fetch = container_of(resolution, struct fetch, resolution);
#if SOLVED >= 2
    if (code)
        call_fail(&fetch->call, FETCH_NO_HOST, code, now(fetch));
    else
        call_resolved(&fetch->call, addresses, now(fetch));
    go_on(fetch);
#else
    YOUR_CODE(fetch, code, addresses, go_on);
#endif
}

/* Asks the network to connect fetch->stream to call_address(&fetch->call);
 * &fetch->protocol is told. If that has begun, fetch->open is true, if not
 * it is false: refused, with the error. In both cases fetch->connected is
 * false, whatever it was for an earlier page. */
static void connect_to(struct fetch *fetch)
{
#if SOLVED >= 2
    struct network *network = fetch->network;
    int error = network->connect(network, call_address(&fetch->call),
                                 &fetch->stream, &fetch->protocol);
    fetch->open = !error;
    fetch->connected = false;
    if (error)
        refused(fetch, error);
#else
    YOUR_CODE(fetch, refused);
#endif
}

/* Given: writes all that the call has to send. A transport never makes its user
 * wait: what cannot leave now, it keeps. */
static void send_all(struct fetch *fetch)
{
    while (call_wants(&fetch->call) & WANTS_WRITE) {
        struct slice out = call_output(&fetch->call);
        transport_write(&fetch->stream.transport, out);
        call_sent(&fetch->call, (ssize_t)out.size, now(fetch));
    }
}

/* connection_made: the call is told (call_connected; NULL, for nothing is kept
 * for a next page), fetch->connected is true, and the request goes out. */
static void on_connected(struct protocol *protocol, struct transport *transport)
{
    struct fetch *fetch = container_of(protocol, struct fetch, protocol);
    (void)transport; /* it is that of fetch->stream */
#if SOLVED >= 2
    fetch->connected = true;
    call_connected(&fetch->call, NULL, now(fetch));
    send_all(fetch);
#else
    YOUR_CODE(fetch, send_all);
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: receive, done ---- */

/* data_received: some bytes of the answer, however many. The call is told
 * (call_received). When it needs no transfer any more the stream has done its
 * work: transport_abort(…, 0). Else there may be something to send again. */
static void on_data(struct protocol *protocol, struct slice data)
{
    struct fetch *fetch = container_of(protocol, struct fetch, protocol);
#if SOLVED >= 3
    call_received(&fetch->call, data.data, (ssize_t)data.size, now(fetch));
    if (call_need(&fetch->call) == CALL_NEEDS_TRANSFER)
        send_all(fetch);
    else
        transport_abort(&fetch->stream.transport, 0);
#else
    YOUR_CODE(fetch, data);
#endif
}

/* connection_lost, the last call of every stream: it is not open any more.
 * `error` is 0 at an end in good order, ours or the server's. Is the call
 * waiting for this very connection? Then it is told: while it needs a transfer,
 * that nothing more will come, as if recv had returned `error`: call_received,
 * with NULL. While it needs a connection, and the stream never was connected:
 * call_connect_failed. And go_on. */
static void on_lost(struct protocol *protocol, int error)
{
    struct fetch *fetch = container_of(protocol, struct fetch, protocol);
#if SOLVED >= 3
    fetch->open = false;
    if (call_need(&fetch->call) == CALL_NEEDS_TRANSFER)
        call_received(&fetch->call, NULL, error, now(fetch));
    else if (call_need(&fetch->call) == CALL_NEEDS_CONNECTION &&
             !fetch->connected)
        call_connect_failed(&fetch->call, error, now(fetch));
    go_on(fetch);
#else
    YOUR_CODE(fetch, error);
#endif
}

/* The one way out, with nothing under way any more. fetch->end is taken back
 * (loop_cancel). Then `done` is called with the call's result, as the last
 * thing that is done with this fetch: it may be gone, or have been started
 * again, when that returns. */
static void finish(struct fetch *fetch)
{
#if SOLVED >= 3
    loop_cancel(fetch->network->loop, &fetch->end);
    callback_call(fetch->done, call_result(&fetch->call));
#else
    YOUR_CODE(fetch);
#endif
}
#endif
#if STEP >= 4

/* ---- step 4: one way out ---- */

/* Given: fetch->end runs at the call's deadline, whatever that is now. */
static void set_deadline(struct fetch *fetch)
{
    nanos deadline = call_deadline(&fetch->call);
    if (deadline == NEVER)
        loop_cancel(fetch->network->loop, &fetch->end);
    else
        loop_call_at(fetch->network->loop, &fetch->end, deadline);
}

/* The call is over already, and done is still to be called; but not in here,
 * for fetch_start may not have returned. So fetch->end is to run soon. */
static void end_soon(struct fetch *fetch)
{
#if SOLVED >= 4
    loop_call_soon(fetch->network->loop, &fetch->end);
#else
    YOUR_CODE(fetch);
#endif
}

/* fetch->end has run. Either the deadline has come: call_expire ends the call
 * if that is so, and if it is not so, for deadlines move, it is set anew. Or
 * the call is over already. When it is over nothing must stay under way: the
 * look-up is forgotten; an open stream is aborted, and then the end comes with
 * on_lost; without one it is here: finish. */
static void on_end(struct handle *handle)
{
    struct fetch *fetch = container_of(handle, struct fetch, end);
#if SOLVED >= 4
    call_expire(&fetch->call, now(fetch));
    if (call_need(&fetch->call) != CALL_IS_DONE) {
        set_deadline(fetch);
        return;
    }
    fetch->network->forget(fetch->network, &fetch->resolution);
    if (fetch->open)
        transport_abort(&fetch->stream.transport, 0);
    else
        finish(fetch);
#else
    YOUR_CODE(fetch);
#endif
}

/* The call fails with FETCH_CANCELLED and no detail (0), and ends soon. If it
 * is over already nothing is done: its end is on its way, or was. */
void fetch_cancel(struct fetch *fetch)
{
#if SOLVED >= 4
    if (call_need(&fetch->call) == CALL_IS_DONE)
        return;
    call_fail(&fetch->call, FETCH_CANCELLED, 0, now(fetch));
    end_soon(fetch);
#else
    YOUR_CODE(fetch);
#endif
}
#endif
#if STEP >= 5

/* ---- step 5: keep N in flight ---- */

static void on_page(void *context, struct result *result);

/* Takes the next job of the batch, if there is one (batch_next), and starts it
 * in this slot; its number is kept. on_page is called when it is done, and
 * knows the slot. */
static void start_next(struct slot *slot)
{
#if SOLVED >= 5
    struct job job;
    if (!batch_next(slot->pool->batch, &job))
        return;
    slot->index = job.index;
    fetch_start(&slot->fetch, &job, (struct callback){on_page, slot});
#else
    YOUR_CODE(slot, on_page);
#endif
}

/* A page is done: it goes to the batch (batch_done, with its number), and then
 * the next one is started in this slot. */
static void on_page(void *context, struct result *result)
{
    struct slot *slot = context;
#if SOLVED >= 5
    batch_done(slot->pool->batch, slot->index, result);
    start_next(slot);
#else
    YOUR_CODE(slot, result);
#endif
}

/* Tells each slot which pool it belongs to, slot->pool, and starts its first
 * job. There are batch->concurrency slots. */
void pool_start(struct pool *pool)
{
#if SOLVED >= 5
    for (size_t i = 0; i < pool->batch->concurrency; i++) {
        pool->slots[i].pool = pool;
        start_next(&pool->slots[i]);
    }
#else
    YOUR_CODE(pool, start_next);
#endif
}
#endif
#if STEP >= 2

/* ---- given: the beginning and the end of a fetch ---- */

void fetch_init(struct fetch *fetch, struct network *network,
                const struct call_options *options)
{
    static struct protocol_ops told;
    told.connection_made = on_connected;
#if STEP >= 3
    told.data_received = on_data;
    told.connection_lost = on_lost;
#endif
    *fetch = (struct fetch){.network = network};
    fetch->resolution.resolved = on_resolved;
    fetch->protocol.ops = &told;
#if STEP >= 4
    fetch->end.run = on_end;
#endif
    call_init(&fetch->call, options);
}

void fetch_deinit(struct fetch *fetch)
{
    call_deinit(&fetch->call);
}
#endif
