/* SPDX-License-Identifier: MIT */
/* The talk's HttpClient on asyncore (row A5): a dispatcher that overrides
 * readable, writable and the handlers, many of them in one loop.
 *
 * Handlers only report to the call. Where a connection has ended, what comes
 * next - another hop, another job - begins after the pass: within it the object
 * may still be handed an event of the socket that it has just closed (AS6).
 */
#include "nonblocking/asyncore_client.h"

#include "base/clock.h"
#include "nonblocking/asyncore.h"
#include "nonblocking/lookups.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCRATCH_SIZE = 65536, LOOKUP_THREADS = 4 };

struct asyncore_run;

struct http_client {
    struct dispatcher dispatcher; /* the base class */
    struct asyncore_run *run;
    bool has_job, begun;
    bool in_turn; /* is in the list of those that move after the pass */
    struct job job;
    struct call call;
    struct lookup *lookup;
    struct kept_connection kept; /* what is known of the socket */
    struct http_client *next;
};

struct asyncore_run {
    struct batch *batch;
    struct socket_map map;
    struct lookups *lookups;
    struct dispatcher lookups_channel, cancel_channel;
    struct dispatcher_methods client_methods, lookups_methods, cancel_methods;
    char *scratch;
    nanos now;     /* read in every handler: asyncore has no better place */
    nanos wake_at; /* no client has to be woken before */
    struct http_client *clients;
    size_t made, busy;
    struct http_client *idle;
    struct http_client *turn; /* whose connections have ended in this pass */
};

static struct http_client *client_of(struct dispatcher *self)
{
    return (struct http_client *)(void *)self;
}

static void take_turn(struct http_client *client)
{
    if (client->in_turn)
        return;
    client->in_turn = true;
    client->next = client->run->turn;
    client->run->turn = client;
}

/* ---- the methods ---- */

static bool is_transferring(const struct http_client *client)
{
    return client->has_job && client->dispatcher.connected && client->begun &&
           call_need(&client->call) == CALL_NEEDS_TRANSFER;
}

/* Overriding this is what keeps asyncore from spinning. */
static bool client_writable(struct dispatcher *self)
{
    struct http_client *client = client_of(self);
    return self->connecting ||
           (is_transferring(client) && call_wants(&client->call) & WANTS_WRITE);
}

static int client_handle_connect(struct dispatcher *self)
{
    struct http_client *client = client_of(self);
    call_connected(&client->call, &client->kept, monotonic_now());
    return 0;
}

/* The socket is asked directly: dispatcher_send and dispatcher_recv turn every
 * broken connection into handle_close, and a client that has to say what went
 * wrong needs to know which error it was. */
static int client_handle_write(struct dispatcher *self)
{
    struct http_client *client = client_of(self);
    if (!is_transferring(client) || !(call_wants(&client->call) & WANTS_WRITE))
        return 0;
    ssize_t count = socket_send(self->fd, call_output(&client->call));
    client->run->now = monotonic_now();
    if (count != -EAGAIN)
        call_sent(&client->call, count, client->run->now);
    return 0;
}

/* Is the transfer over? Then the connection is kept, or closed. */
static void check_end(struct http_client *client)
{
    if (call_need(&client->call) == CALL_NEEDS_TRANSFER)
        return;
    if (!call_may_reuse(&client->call))
        dispatcher_close(&client->dispatcher);
    take_turn(client);
}

static ssize_t receive_some(struct http_client *client)
{
    char *scratch = client->run->scratch;
    ssize_t count =
        socket_receive(client->dispatcher.fd, scratch, SCRATCH_SIZE);
    client->run->now = monotonic_now();
    if (count != -EAGAIN) {
        call_received(&client->call, scratch, count, client->run->now);
        check_end(client);
    }
    return count;
}

static int client_handle_read(struct dispatcher *self)
{
    struct http_client *client = client_of(self);
    if (!is_transferring(client)) {
        /* A kept connection speaks unasked: the server has closed it. */
        return dispatcher_close(self);
    }
    receive_some(client);
    return client_handle_write(self); /* before it waits for more */
}

/* An urgent byte belongs to no page; but until somebody takes it every pass
 * would hear of it. */
static int client_handle_expt(struct dispatcher *self)
{
    char urgent;
    (void)recv(self->fd, &urgent, sizeof urgent, MSG_OOB);
    return 0;
}

static int client_handle_error(struct dispatcher *self, int error)
{
    struct http_client *client = client_of(self);
    bool was_connecting = self->connecting;
    dispatcher_close(self);
    if (!client->has_job || client->in_turn)
        return 0;
    if (was_connecting)
        call_connect_failed(&client->call, error, client->run->now);
    else
        call_fail(&client->call, fetch_error_from_errno(error), error,
                  client->run->now);
    take_turn(client);
    return 0;
}

/* What arrived before the peer went is still there to be read. */
static int client_handle_close(struct dispatcher *self)
{
    struct http_client *client = client_of(self);
    if (self->connecting)
        return client_handle_error(self, -ECONNRESET);
    while (is_transferring(client) && !client->in_turn)
        if (receive_some(client) == -EAGAIN) {
            call_received(&client->call, NULL, 0, client->run->now);
            check_end(client);
        }
    return dispatcher_close(self);
}

/* ---- for each hop: resolve, connect, transfer ---- */

static void settle(struct http_client *client);

static void disconnect(struct http_client *client)
{
    dispatcher_close(&client->dispatcher);
    kept_connection_deinit(&client->kept);
}

static int start_connect(struct http_client *client)
{
    struct dispatcher *self = &client->dispatcher;
    const struct address *address = call_address(&client->call);
    int error = dispatcher_create_socket(self, address->socket.any.sa_family,
                                         SOCK_STREAM);
    if (!error)
        (void)setsockopt(self->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1},
                         sizeof(int));
    return error ? error : dispatcher_connect(self, address);
}

/* Does what the call needs next. Here a redirect, a retry and another address
 * of the same host come back to. */
static void hop(struct http_client *client)
{
    struct asyncore_run *run = client->run;
    int error = 0;
    while (call_need(&client->call) != CALL_IS_DONE) {
        if (client->dispatcher.connected &&
            call_accepts_kept(&client->call, &client->kept)) {
            call_connected(&client->call, &client->kept, run->now);
            break;
        }
        disconnect(client);
        if (call_need(&client->call) == CALL_NEEDS_ADDRESSES) {
            error = lookups_start(run->lookups, call_endpoint(&client->call),
                                  client, &client->lookup);
            if (!error)
                break;
            call_fail(&client->call, fetch_error_from_errno(error), error,
                      run->now);
        } else {
            error = start_connect(client);
            if (!error)
                break;
            disconnect(client);
            call_connect_failed(&client->call, error, run->now);
        }
    }
    /* On a connection that is there the request leaves before the next pass
     * waits; writable asks for what did not fit. */
    (void)client_handle_write(&client->dispatcher);
    settle(client);
}

static void begin(struct http_client *client)
{
    client->begun = true;
    call_start(&client->call, client->job.request, client->job.index,
               client->run->now);
    hop(client);
}

static void fail(struct http_client *client, enum fetch_error error, int detail)
{
    if (!client->begun)
        call_start(&client->call, client->job.request, client->job.index,
                   client->run->now);
    call_fail(&client->call, error, detail, client->run->now);
    settle(client);
}

/* ---- jobs in, results out ---- */

static nanos wakes_at(const struct http_client *client)
{
    return client->begun ? call_deadline(&client->call) : client->job.earliest;
}

static void settle(struct http_client *client)
{
    struct asyncore_run *run = client->run;
    if (call_need(&client->call) != CALL_IS_DONE) {
        run->wake_at = nanos_earlier(run->wake_at, wakes_at(client));
        return;
    }
    if (client->lookup)
        lookups_abandon(run->lookups, client->lookup);
    client->lookup = NULL;
    if (!call_may_reuse(&client->call))
        disconnect(client);
    client->has_job = false;
    batch_done(run->batch, client->job.index, call_result(&client->call));
    client->next = run->idle;
    run->idle = client;
    run->busy--;
}

static struct http_client *idle_client(struct asyncore_run *run)
{
    struct http_client *client = run->idle;
    if (client) {
        run->idle = client->next;
        return client;
    }
    client = &run->clients[run->made];
    *client = (struct http_client){.run = run};
    dispatcher_init(&client->dispatcher, &run->client_methods, &run->map);
    call_init(&client->call, run->batch->options);
    client->call.doer = (struct doer){
        .pid = getpid(), .thread = gettid(), .slot = (unsigned)run->made++};
    return client;
}

/* The batch may have taken its time: see the monster. */
static void fill(struct asyncore_run *run)
{
    struct job job;
    if (run->busy < run->batch->concurrency)
        run->now = monotonic_now();
    while (run->busy < run->batch->concurrency &&
           batch_next(run->batch, &job)) {
        struct http_client *client = idle_client(run);
        client->job = job;
        client->has_job = true;
        client->begun = false;
        run->busy++;
        if (job.earliest <= run->now)
            begin(client);
        else
            run->wake_at = nanos_earlier(run->wake_at, job.earliest);
    }
}

/* ---- what else is in the loop ---- */

static bool never(struct dispatcher *self)
{
    (void)self;
    return false;
}

static int take_lookups(struct dispatcher *self)
{
    struct asyncore_run *run =
        (struct asyncore_run *)(void *)((char *)self -
                                        offsetof(struct asyncore_run,
                                                 lookups_channel));
    int code;
    struct addresses addresses;
    struct http_client *client;
    while ((client = lookups_take(run->lookups, &code, &addresses))) {
        client->lookup = NULL;
        if (code)
            call_fail(&client->call, FETCH_NO_HOST, code, run->now);
        else
            call_resolved(&client->call, &addresses, run->now);
        take_turn(client);
    }
    return 0;
}

static void fail_all(struct asyncore_run *run, enum fetch_error error,
                     int detail)
{
    for (size_t i = 0; i < run->made; i++)
        if (run->clients[i].has_job)
            fail(&run->clients[i], error, detail);
}

/* Starts what has to start and ends what is too late; see the monster. */
static void wake_due(struct asyncore_run *run)
{
    if (run->now < run->wake_at)
        return;
    run->wake_at = NEVER;
    for (size_t i = 0; i < run->made; i++) {
        struct http_client *client = &run->clients[i];
        if (!client->has_job)
            continue;
        if (client->begun) {
            call_expire(&client->call, run->now);
            settle(client);
        } else if (client->job.earliest <= run->now) {
            begin(client);
        } else {
            run->wake_at = nanos_earlier(run->wake_at, wakes_at(client));
        }
    }
}

/* One pass of asyncore's loop, and what became of it. */
static int pass(struct asyncore_run *run)
{
    int error =
        asyncore_loop(&run->map, nanos_until(run->wake_at, run->now), true, 1);
    run->now = monotonic_now();
    while (run->turn) {
        struct http_client *client = run->turn;
        run->turn = client->next;
        client->in_turn = false;
        hop(client);
    }
    if (error)
        fail_all(run, FETCH_SYSTEM, error);
    else if (batch_cancelled(run->batch))
        fail_all(run, FETCH_CANCELLED, 0);
    else
        wake_due(run);
    return error;
}

/* ---- the run ---- */

static int ignore(struct dispatcher *self)
{
    (void)self;
    return 0;
}

static void define_methods(struct asyncore_run *run)
{
    struct dispatcher_methods *client = &run->client_methods;
    *client = dispatcher_defaults;
    client->writable = client_writable;
    client->handle_connect = client_handle_connect;
    client->handle_read = client_handle_read;
    client->handle_write = client_handle_write;
    client->handle_expt = client_handle_expt;
    client->handle_close = client_handle_close;
    client->handle_error = client_handle_error;

    run->lookups_methods = dispatcher_defaults;
    run->lookups_methods.writable = never;
    run->lookups_methods.handle_read = take_lookups;

    /* It only has to end the pass. */
    run->cancel_methods = dispatcher_defaults;
    run->cancel_methods.writable = never;
    run->cancel_methods.handle_read = ignore;
}

/* A descriptor that the loop watches and somebody else closes. */
static int add_channel(struct asyncore_run *run, struct dispatcher *channel,
                       const struct dispatcher_methods *methods, int fd)
{
    dispatcher_init(channel, methods, &run->map);
    channel->fd = fd;
    return dispatcher_add_channel(channel);
}

static int run_init(struct asyncore_run *run, struct batch *batch)
{
    *run = (struct asyncore_run){
        .batch = batch, .now = monotonic_now(), .wake_at = NEVER};
    define_methods(run);
    run->clients = calloc(batch->concurrency, sizeof *run->clients);
    run->scratch = malloc(SCRATCH_SIZE);
    if (!run->clients || !run->scratch)
        return -ENOMEM;
    int error = lookups_new(&run->lookups, LOOKUP_THREADS);
    if (!error)
        error = add_channel(run, &run->lookups_channel, &run->lookups_methods,
                            lookups_fd(run->lookups));
    if (!error && batch->cancel)
        error = add_channel(run, &run->cancel_channel, &run->cancel_methods,
                            batch->cancel->fd);
    return error;
}

static void run_deinit(struct asyncore_run *run)
{
    for (size_t i = 0; i < run->made; i++) {
        disconnect(&run->clients[i]);
        call_deinit(&run->clients[i].call);
    }
    lookups_free(run->lookups);
    socket_map_deinit(&run->map);
    free(run->scratch);
    free(run->clients);
}

static int asyncore_run(struct batch *batch)
{
    struct asyncore_run run;
    int error = run_init(&run, batch);
    if (!error)
        fill(&run);
    while (!error && run.busy) {
        error = pass(&run);
        if (!error)
            fill(&run);
    }
    run_deinit(&run);
    return error;
}

const struct model asyncore_model = {
    .name = "asyncore",
    .family = "nonblocking",
    .summary = "one thread asks every object, in every pass, what it wants",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_START_LATER,
    .run = asyncore_run,
};
