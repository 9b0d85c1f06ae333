/* SPDX-License-Identifier: MIT */
/* For each hop: resolve, connect, transfer; and each of them ends in the
 * function that the loop calls when it is over. What a local variable is to a
 * blocking client is a field of a slot here, and its program counter is the
 * function pointer in slot->watch.handle.run.
 *
 *     take_job -> start -> begin_hop -> resolve .. on_resolved
 *                             |  ^----- connect .. on_connected
 *                             |         transfer .. on_ready, on_ready …
 *     finish <- end_hop <-----+------------------------+
 *
 * (".." is where the loop waits.) All ends meet in finish, once per job. An end
 * that comes before anything was waited for is told in the next turn, by
 * on_end: so the stack stays flat however many jobs fail at once.
 */
#include "callbacks/callbacks.h"
#include "callbacks/resolver.h"
#include "nonblocking/socket.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* What a call wants, a selector can wait for. */
static_assert(WANTS_READ == (int)SELECT_READ, "the same bit");
static_assert(WANTS_WRITE == (int)SELECT_WRITE, "the same bit");

enum { SCRATCH_SIZE = 64 * 1024, RESOLVER_THREADS = 8 };

enum slot_state {
    SLOT_FREE,
    SLOT_WAITS, /* has a job that may not start yet */
    SLOT_WORKS,
};

/* A place in flight: one call at a time, and the connection that it keeps. */
struct slot {
    struct run *run;
    enum slot_state state;
    struct job job;
    struct call call;
    struct watch watch;          /* of the connection; fd -1: there is none */
    struct kept_connection kept; /* what is known of it */
    struct handle timer; /* the deadline, the job's earliest start, or on_end */
    struct resolution *resolution; /* NULL: none is under way */
};

struct run {
    struct batch *batch;
    struct loop *loop;
    struct resolver *resolver;
    struct handle begin;
    struct watch cancel;
    size_t busy;   /* jobs taken and not finished */
    bool broken;   /* the loop is: no more jobs */
    char *scratch; /* whoever receives does so here; nobody keeps it */
    struct slot *slots;
};

static void begin_hop(struct slot *slot);
static void take_job(struct slot *slot);

static nanos now(const struct slot *slot)
{
    return loop_time(slot->run->loop);
}

/* ---- the end of a hop, and of a job ---- */

static void close_connection(struct slot *slot)
{
    if (slot->watch.fd < 0)
        return;
    loop_watch(slot->run->loop, &slot->watch, 0);
    close(slot->watch.fd);
    slot->watch.fd = -1;
    kept_connection_deinit(&slot->kept);
}

/* Nobody was asked anything: the server has closed the connection. */
static void on_idle_ready(struct handle *handle)
{
    close_connection(container_of(handle, struct slot, watch.handle));
}

/* It stays watched: a server may close it while nobody asks for anything. */
static void keep_connection(struct slot *slot)
{
    slot->watch.handle.run = on_idle_ready;
    if (loop_watch(slot->run->loop, &slot->watch, SELECT_READ))
        close_connection(slot);
}

/* The deadline is not taken off here: most often the next job takes it over. */
static void finish(struct slot *slot)
{
    struct run *run = slot->run;
    slot->state = SLOT_FREE;
    run->busy--;
    batch_done(run->batch, slot->job.index, call_result(&slot->call));
    take_job(slot);
}

static void end_hop(struct slot *slot)
{
    if (slot->resolution)
        resolver_cancel(slot->resolution);
    slot->resolution = NULL;
    if (call_may_reuse(&slot->call))
        keep_connection(slot);
    else
        close_connection(slot);
    if (call_need(&slot->call) == CALL_IS_DONE)
        finish(slot);
    else
        begin_hop(slot);
}

static void on_end(struct handle *handle)
{
    end_hop(container_of(handle, struct slot, timer));
}

static void end_soon(struct slot *slot)
{
    slot->timer.run = on_end;
    loop_call_soon(slot->run->loop, &slot->timer);
}

static void fail_soon(struct slot *slot, int error)
{
    call_fail(&slot->call, fetch_error_from_errno(error), error, now(slot));
    end_soon(slot);
}

/* ---- deadlines ---- */

static void on_deadline(struct handle *handle);

/* A timer that is set for an earlier moment stays: when it runs, it is set
 * anew. So a thousand requests on one connection move it once. */
static void set_deadline(struct slot *slot)
{
    nanos deadline = call_deadline(&slot->call);
    bool is_set =
        slot->timer.state == HANDLE_TIMED && slot->timer.when <= deadline;
    slot->timer.run = on_deadline;
    if (deadline != NEVER && !is_set)
        loop_call_at(slot->run->loop, &slot->timer, deadline);
}

static void on_deadline(struct handle *handle)
{
    struct slot *slot = container_of(handle, struct slot, timer);
    if (!call_expire(&slot->call, now(slot)))
        set_deadline(slot);
    if (call_need(&slot->call) == CALL_IS_DONE)
        end_hop(slot);
}

/* ---- resolve ---- */

static void on_resolved(void *context, int code,
                        const struct addresses *addresses)
{
    struct slot *slot = context;
    slot->resolution = NULL;
    if (code) {
        call_fail(&slot->call, FETCH_NO_HOST, code, now(slot));
        end_hop(slot);
        return;
    }
    call_resolved(&slot->call, addresses, now(slot));
    begin_hop(slot);
}

static void resolve(struct slot *slot)
{
    int error = resolver_start(slot->run->resolver, call_endpoint(&slot->call),
                               on_resolved, slot, &slot->resolution);
    if (error)
        fail_soon(slot, error);
}

/* ---- connect ---- */

static void transfer(struct slot *slot);

static void on_connected(struct handle *handle)
{
    struct slot *slot = container_of(handle, struct slot, watch.handle);
    int error = socket_connect_result(slot->watch.fd);
    if (!error) {
        call_connected(&slot->call, &slot->kept, now(slot));
        transfer(slot);
        return;
    }
    close_connection(slot);
    call_connect_failed(&slot->call, error, now(slot));
    if (call_need(&slot->call) == CALL_IS_DONE)
        finish(slot);
    else
        begin_hop(slot);
}

static int open_connection(struct slot *slot)
{
    int fd = socket_start_connect(call_address(&slot->call));
    if (fd < 0)
        return fd;
    slot->watch.fd = fd;
    slot->watch.handle.run = on_connected;
    return loop_watch(slot->run->loop, &slot->watch, SELECT_WRITE);
}

static void connect_slot(struct slot *slot)
{
    while (call_need(&slot->call) == CALL_NEEDS_CONNECTION) {
        int error = open_connection(slot);
        if (!error)
            return;
        close_connection(slot);
        call_connect_failed(&slot->call, error, now(slot));
    }
    end_soon(slot);
}

/* ---- transfer ---- */

static void send_some(struct slot *slot)
{
    if (!(call_wants(&slot->call) & WANTS_WRITE))
        return;
    ssize_t count = socket_send(slot->watch.fd, call_output(&slot->call));
    if (count != -EAGAIN)
        call_sent(&slot->call, count, now(slot));
}

static void receive_some(struct slot *slot)
{
    char *scratch = slot->run->scratch;
    ssize_t count = socket_receive(slot->watch.fd, scratch, SCRATCH_SIZE);
    if (count != -EAGAIN)
        call_received(&slot->call, scratch, count, now(slot));
}

/* Sends what there is to send, and waits for the rest. A small request leaves
 * at once, and then an answer is all that is waited for. */
static int send_and_watch(struct slot *slot)
{
    send_some(slot);
    return loop_watch(slot->run->loop, &slot->watch, call_wants(&slot->call));
}

/* First what has arrived: it may end the transfer, and sending to a server that
 * has answered and gone would lose the answer. */
static void on_ready(struct handle *handle)
{
    struct slot *slot = container_of(handle, struct slot, watch.handle);
    int error = 0;
    if (slot->watch.ready & SELECT_READ)
        receive_some(slot);
    if (call_need(&slot->call) == CALL_NEEDS_TRANSFER)
        error = send_and_watch(slot);
    if (error)
        call_fail(&slot->call, fetch_error_from_errno(error), error, now(slot));
    if (call_need(&slot->call) != CALL_NEEDS_TRANSFER)
        end_hop(slot);
}

static void transfer(struct slot *slot)
{
    slot->watch.handle.run = on_ready;
    set_deadline(slot);
    int error = send_and_watch(slot);
    if (error)
        fail_soon(slot, error);
}

/* ---- the beginning of a hop, and of a job ---- */

static void begin_hop(struct slot *slot)
{
    if (call_accepts_kept(&slot->call, &slot->kept)) {
        call_connected(&slot->call, &slot->kept, now(slot));
        transfer(slot);
        return;
    }
    close_connection(slot);
    set_deadline(slot);
    if (call_need(&slot->call) == CALL_NEEDS_ADDRESSES)
        resolve(slot);
    else
        connect_slot(slot);
}

static void start(struct slot *slot)
{
    slot->state = SLOT_WORKS;
    call_start(&slot->call, slot->job.request, slot->job.index, now(slot));
    begin_hop(slot);
}

static void on_earliest(struct handle *handle)
{
    start(container_of(handle, struct slot, timer));
}

static void start_later(struct slot *slot)
{
    slot->state = SLOT_WAITS;
    slot->timer.run = on_earliest;
    loop_call_at(slot->run->loop, &slot->timer, slot->job.earliest);
}

/* Who finds no more jobs rests; the last one ends the run. */
static void take_job(struct slot *slot)
{
    struct run *run = slot->run;
    if (!run->broken && batch_next(run->batch, &slot->job)) {
        run->busy++;
        if (slot->job.earliest > now(slot))
            start_later(slot);
        else
            start(slot);
        return;
    }
    loop_cancel(run->loop, &slot->timer);
    if (run->busy == 0)
        loop_stop(run->loop);
}

/* ---- the run ---- */

static void slot_init(struct slot *slot, struct run *run)
{
    slot->run = run;
    slot->watch.fd = -1;
    call_init(&slot->call, run->batch->options);
    slot->call.doer = (struct doer){.pid = getpid(),
                                    .thread = gettid(),
                                    .slot = (unsigned)(slot - run->slots)};
}

static void on_begin(struct handle *handle)
{
    struct run *run = container_of(handle, struct run, begin);
    for (size_t i = 0; i < run->batch->concurrency; i++) {
        slot_init(&run->slots[i], run);
        take_job(&run->slots[i]);
        if (run->slots[i].state == SLOT_FREE)
            break;
    }
}

/* There must be no more jobs to be had, so all slots come to rest. */
static void fail_all(struct run *run, enum fetch_error error, int detail)
{
    for (size_t i = 0; i < run->batch->concurrency && run->busy; i++) {
        struct slot *slot = &run->slots[i];
        if (slot->state == SLOT_FREE)
            continue;
        if (slot->state == SLOT_WAITS)
            call_start(&slot->call, slot->job.request, slot->job.index,
                       now(slot));
        call_fail(&slot->call, error, detail, now(slot));
        end_hop(slot);
    }
}

static void on_cancelled(struct handle *handle)
{
    struct run *run = container_of(handle, struct run, cancel.handle);
    fail_all(run, FETCH_CANCELLED, 0);
}

static int watch_cancel(struct run *run)
{
    if (!run->batch->cancel)
        return 0;
    run->cancel.fd = run->batch->cancel->fd;
    run->cancel.handle.run = on_cancelled;
    return loop_watch(run->loop, &run->cancel, SELECT_READ);
}

static int run_init(struct run *run, const struct selector_ops *selector,
                    const struct clock *clock)
{
    run->scratch = malloc(SCRATCH_SIZE);
    run->slots = calloc(run->batch->concurrency, sizeof *run->slots);
    if (!run->scratch || !run->slots)
        return -ENOMEM;
    int error = loop_new(&run->loop, selector, clock);
    if (!error)
        error = resolver_new(&run->resolver, run->loop, RESOLVER_THREADS);
    if (!error)
        error = watch_cancel(run);
    return error;
}

static void run_deinit(struct run *run)
{
    for (size_t i = 0; run->slots && i < run->batch->concurrency; i++) {
        struct slot *slot = &run->slots[i];
        if (!slot->run)
            break;
        close_connection(slot);
        call_deinit(&slot->call);
    }
    resolver_free(run->resolver);
    loop_free(run->loop);
    free(run->scratch);
    free(run->slots);
}

int callbacks_run(struct batch *batch, const struct selector_ops *selector,
                  const struct clock *clock)
{
    struct run run = {.batch = batch, .begin.run = on_begin};
    int error = run_init(&run, selector, clock);
    if (!error) {
        loop_call_soon(run.loop, &run.begin);
        error = loop_run(run.loop);
        run.broken = true;
        fail_all(&run, FETCH_SYSTEM, error);
    }
    run_deinit(&run);
    return error;
}

static int run_on_epoll(struct batch *batch)
{
    return callbacks_run(batch, &epoll_selector, &monotonic_clock);
}

const struct model callbacks_model = {
    .name = "callbacks",
    .family = "callbacks",
    .summary = "one thread and an event loop, which calls when something is "
               "ready",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_START_LATER,
    .run = run_on_epoll,
};
