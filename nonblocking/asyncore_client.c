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
#include "base/container_of.h"
#include "nonblocking/asyncore.h"
#include "nonblocking/client_batch.h"
#include "nonblocking/rivals.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCRATCH_SIZE = 65536, LOOKUP_THREADS = 4 };

struct http_client {
    struct client client;         /* first: what the batch knows of it */
    struct dispatcher dispatcher; /* the base class */
    struct call call;
    struct kept_connection kept; /* what is known of the socket */
    struct rivals *rivals;       /* the socket is their descriptor; or NULL */
    bool in_turn; /* is in the list of those that hop after the pass */
    struct http_client *next;
};

struct asyncore_run {
    struct client_batch clients; /* each of them a struct http_client */
    struct socket_map map;
    struct dispatcher lookups_channel, cancel_channel;
    struct dispatcher_methods client_methods, lookups_methods, cancel_methods;
    char *scratch;
    bool looked_up;           /* in this pass a look-up has ended */
    struct http_client *turn; /* whose connections have ended in this pass */
};

static struct http_client *client_of(struct dispatcher *self)
{
    return container_of(self, struct http_client, dispatcher);
}

static struct asyncore_run *run_of(const struct http_client *client)
{
    return container_of(client->client.batch, struct asyncore_run, clients);
}

/* Read in every handler, because asyncore tells no client when its pass
 * began. */
static nanos read_clock(const struct http_client *client)
{
    return client->client.batch->now = monotonic_now();
}

static void take_turn(struct http_client *client)
{
    struct asyncore_run *run = run_of(client);
    if (client->in_turn)
        return;
    client->in_turn = true;
    client->next = run->turn;
    run->turn = client;
}

/* ---- the methods ---- */

static bool is_transferring(const struct http_client *client)
{
    return client->client.state == CLIENT_WORKS &&
           client->dispatcher.connected &&
           call_need(&client->call) == CALL_NEEDS_TRANSFER;
}

/* Without this override asyncore would spin: writable is true by default. */
static bool client_writable(struct dispatcher *self)
{
    struct http_client *client = client_of(self);
    return self->connecting ||
           (is_transferring(client) && call_wants(&client->call) & WANTS_WRITE);
}

static int client_handle_connect(struct dispatcher *self)
{
    struct http_client *client = client_of(self);
    call_connected(&client->call, &client->kept, read_clock(client));
    client_heed_deadline(&client->client);
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
    nanos now = read_clock(client);
    if (count == -EAGAIN)
        return 0;
    call_sent(&client->call, count, now);
    client_heed_deadline(&client->client);
    return 0;
}

/* If the transfer is over: keeps the connection, or closes it. */
static void check_end(struct http_client *client)
{
    if (call_need(&client->call) == CALL_NEEDS_TRANSFER)
        return;
    if (call_may_reuse(&client->call))
        kept_connection_rest(&client->kept, client->client.batch->now);
    else
        dispatcher_close(&client->dispatcher);
    take_turn(client);
}

static ssize_t receive_some(struct http_client *client)
{
    char *scratch = run_of(client)->scratch;
    ssize_t count =
        socket_receive(client->dispatcher.fd, scratch, SCRATCH_SIZE);
    nanos now = read_clock(client);
    if (count != -EAGAIN) {
        call_received(&client->call, scratch, count, now);
        check_end(client);
    }
    return count;
}

/* Closes the connection, or all attempts to make one. */
static void close_connection(struct http_client *client)
{
    struct dispatcher *self = &client->dispatcher;
    if (client->rivals) {
        dispatcher_del_channel(self);
        rivals_free(client->rivals);
        client->rivals = NULL;
        self->fd = -1;
    }
    dispatcher_close(self);
}

/* Several addresses are being tried, and one attempt has succeeded or
 * failed. */
static int step_rivals(struct http_client *client)
{
    struct dispatcher *self = &client->dispatcher;
    int fd = rivals_step(client->rivals, &client->call, read_clock(client));
    if (fd == -EAGAIN)
        return 0;
    close_connection(client);
    if (fd < 0) {
        take_turn(client);
        return 0;
    }
    self->fd = fd;
    self->connected = true;
    client_handle_connect(self);
    int error = dispatcher_add_channel(self);
    return error ? error : client_handle_write(self);
}

static int client_handle_read(struct dispatcher *self)
{
    struct http_client *client = client_of(self);
    if (client->rivals)
        return step_rivals(client);
    if (!is_transferring(client)) {
        /* A kept connection speaks unasked: the server has closed it. */
        return dispatcher_close(self);
    }
    receive_some(client);
    return client_handle_write(self); /* send before waiting for more */
}

/* An urgent byte belongs to no page, but until it is read every pass reports
 * it. */
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
    close_connection(client);
    if (client->client.state != CLIENT_WORKS || client->in_turn)
        return 0;
    if (was_connecting)
        call_connect_failed(&client->call, error, read_clock(client));
    else
        call_fail(&client->call, fetch_error_from_errno(error), error,
                  read_clock(client));
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
            call_received(&client->call, NULL, 0, read_clock(client));
            check_end(client);
        }
    return dispatcher_close(self);
}

/* ---- for each hop: resolve, connect, transfer ---- */

static void disconnect(struct http_client *client)
{
    close_connection(client);
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

/* Begins to connect. True: the connection is under way. */
static bool reach(struct http_client *client)
{
    if (call_need(&client->call) == CALL_NEEDS_ADDRESSES)
        return client_look_up(&client->client);
    int error = start_connect(client);
    if (error) {
        disconnect(client);
        call_connect_failed(&client->call, error, client->client.batch->now);
    }
    return !error;
}

/* Uses the kept connection if the call accepts it; else closes it. */
static bool use_kept(struct http_client *client)
{
    bool serves =
        client->dispatcher.connected &&
        call_accepts_kept(&client->call, &client->kept) &&
        kept_connection_is_silent(&client->kept, client->dispatcher.fd,
                                  client->client.batch->now);
    if (serves)
        call_connected(&client->call, &client->kept, client->client.batch->now);
    else
        disconnect(client);
    return serves;
}

static void finish(struct http_client *client)
{
    if (!call_may_reuse(&client->call))
        disconnect(client);
    client_done(&client->client);
}

/* Does what the call needs next. A redirect, a retry and another address of the
 * same host come back here. On a connection that is there, the request is sent
 * before the next pass waits; what did not fit is left to writable. */
static void hop(struct http_client *client)
{
    while (call_need(&client->call) != CALL_IS_DONE)
        if (use_kept(client) || reach(client))
            break;
    if (call_need(&client->call) == CALL_IS_DONE) {
        finish(client);
        return;
    }
    client_heed_deadline(&client->client);
    (void)client_handle_write(&client->dispatcher);
}

/* ---- what else is in the loop ---- */

static bool never(struct dispatcher *self)
{
    (void)self;
    return false;
}

/* Clients whose look-up has ended hop after the pass. */
static int lookups_handle_read(struct dispatcher *self)
{
    container_of(self, struct asyncore_run, lookups_channel)->looked_up = true;
    return 0;
}

static void hop_after_the_pass(struct asyncore_run *run)
{
    while (run->turn) {
        struct http_client *client = run->turn;
        run->turn = client->next;
        client->in_turn = false;
        hop(client);
    }
    if (run->looked_up)
        client_batch_take_lookups(&run->clients);
    run->looked_up = false;
}

/* Makes one pass of asyncore's loop, then lets those clients hop. */
static int pass(struct asyncore_run *run)
{
    struct client_batch *clients = &run->clients;
    nanos timeout = nanos_until(clients->wake_at, clients->now);
    int error = asyncore_loop(&run->map, timeout, true, 1);
    clients->now = monotonic_now();
    hop_after_the_pass(run);
    if (error)
        client_batch_fail_all(clients, fetch_error_from_errno(error), error);
    else if (batch_cancelled(clients->batch))
        client_batch_fail_all(clients, FETCH_CANCELLED, 0);
    else
        client_batch_wake_due(clients);
    return error;
}

/* ---- what the batch asks ---- */

static struct http_client *http_client_of(struct client *client)
{
    return container_of(client, struct http_client, client);
}

static nanos http_client_time(const struct client_batch *clients)
{
    (void)clients;
    return monotonic_now();
}

static void http_client_init(struct client *client)
{
    struct http_client *http = http_client_of(client);
    struct asyncore_run *run = run_of(http);
    client->call = &http->call;
    call_init(client->call, client->batch->batch->options);
    dispatcher_init(&http->dispatcher, &run->client_methods, &run->map);
}

static void http_client_deinit(struct client *client)
{
    disconnect(http_client_of(client));
    call_deinit(client->call);
}

static void http_client_hop(struct client *client)
{
    hop(http_client_of(client));
}

/* From here on another descriptor is in the map, which is only read. */
static void http_client_try_another(struct client *client)
{
    struct http_client *http = http_client_of(client);
    struct dispatcher *self = &http->dispatcher;
    dispatcher_del_channel(self);
    self->fd = rivals_try_another(&http->rivals, self->fd, &http->call,
                                  client->batch->now);
    self->connecting = !http->rivals;
    int error = dispatcher_add_channel(self);
    if (error) {
        call_fail(client->call, fetch_error_from_errno(error), error,
                  client->batch->now);
        hop(http);
    }
}

static const struct client_ops http_client_ops = {
    .size = sizeof(struct http_client),
    .time = http_client_time,
    .init = http_client_init,
    .deinit = http_client_deinit,
    .hop = http_client_hop,
    .give_up = http_client_hop, /* the call is done: that hop is the last */
    .try_another = http_client_try_another,
};

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
    run->lookups_methods.handle_read = lookups_handle_read;

    /* The handler has nothing to do: the event has ended the pass. */
    run->cancel_methods = dispatcher_defaults;
    run->cancel_methods.writable = never;
    run->cancel_methods.handle_read = ignore;
}

/* A descriptor that the loop watches and other code closes. */
static int add_channel(struct asyncore_run *run, struct dispatcher *channel,
                       const struct dispatcher_methods *methods, int fd)
{
    dispatcher_init(channel, methods, &run->map);
    channel->fd = fd;
    return dispatcher_add_channel(channel);
}

static int add_channels(struct asyncore_run *run)
{
    struct cancel *cancel = run->clients.batch->cancel;
    int error = add_channel(run, &run->lookups_channel, &run->lookups_methods,
                            completions_fd(run->clients.lookups));
    if (!error && cancel)
        error = add_channel(run, &run->cancel_channel, &run->cancel_methods,
                            cancel->fd);
    return error;
}

static int run_init(struct asyncore_run *run, struct batch *batch)
{
    *run = (struct asyncore_run){0};
    define_methods(run);
    int error = client_batch_init(&run->clients, batch, &http_client_ops);
    run->scratch = malloc(SCRATCH_SIZE);
    if (!error && !run->scratch)
        error = -ENOMEM;
    if (!error)
        error = client_batch_open_lookups(&run->clients, LOOKUP_THREADS);
    return error ? error : add_channels(run);
}

static void run_deinit(struct asyncore_run *run)
{
    client_batch_deinit(&run->clients);
    socket_map_deinit(&run->map);
    free(run->scratch);
}

static int asyncore_run(struct batch *batch)
{
    struct asyncore_run run;
    int error = run_init(&run, batch);
    if (!error)
        client_batch_fill(&run.clients);
    while (!error && run.clients.busy) {
        error = pass(&run);
        if (!error)
            client_batch_fill(&run.clients);
    }
    run_deinit(&run);
    return error;
}

const struct model asyncore_model = {
    .name = "asyncore",
    .family = "nonblocking",
    .summary = "one thread asks every object, in every pass, what it wants",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = asyncore_run,
};
