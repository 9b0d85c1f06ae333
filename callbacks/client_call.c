/* SPDX-License-Identifier: MIT */
#include "callbacks/client_call.h"

#include "base/clock.h"
#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"
#include "nonblocking/socket.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

/* What a call wants is passed to the selector as it is. */
static_assert(WANTS_READ == (int)SELECT_READ, "the same bit");
static_assert(WANTS_WRITE == (int)SELECT_WRITE, "the same bit");

enum { RESOLVER_THREADS = 8 };

int client_calls_init(struct client_calls *calls, struct loop *loop)
{
    *calls = (struct client_calls){.loop = loop};
    int error = transports_init(&calls->transports, loop);
    if (!error)
        error = offloader_new(&calls->offloader, loop, RESOLVER_THREADS);
    if (error)
        transports_deinit(&calls->transports);
    return error;
}

void client_calls_deinit(struct client_calls *calls)
{
    offloader_free(calls->offloader);
    transports_deinit(&calls->transports);
}

static struct loop *loop_of(const struct client_call *client)
{
    return client->calls->loop;
}

/* ---- inspection ---- */

static void describe_call(const struct client_call *client, FILE *out)
{
    if (call_need(&client->call) == CALL_IS_DONE)
        fputs("no page", out);
    else
        fprintf(out, "#%zu %s", client->call.index, call_phase(&client->call));
}

void client_call_describe_watch(const struct handle *handle, FILE *out)
{
    describe_call(container_of(handle, struct client_call, watch.handle), out);
}

static void describe_end(const struct handle *handle, FILE *out)
{
    describe_call(container_of(handle, struct client_call, end), out);
}

/* ---- the end ---- */

static void close_connection(struct client_call *client)
{
    if (client->watch.fd < 0)
        return;
    loop_watch(loop_of(client), &client->watch, 0);
    if (client->rivals)
        rivals_free(client->rivals);
    else
        close(client->watch.fd);
    client->rivals = NULL;
    client->watch.fd = -1;
    kept_connection_deinit(&client->kept);
}

void client_call_give_up(struct client_call *client)
{
    client->waits = false; /* so that a timer still set is ignored */
    resolver_cancel(&client->resolution);
    client->ops->ended(client);
}

/* An end that comes before anything was waited for is reported in the next
 * turn. A call from here would nest: the client would begin its next page,
 * which may fail at once, too, inside the call for this one. */
static void end_soon(struct client_call *client)
{
    client->waits = true;
    loop_call_soon(loop_of(client), &client->end);
}

/* Ends the call because a descriptor cannot be watched or a step failed. */
static void fail_call(struct client_call *client, int error)
{
    bool unwatchable = error == -EINVAL; /* select() and its limit */
    call_fail(&client->call,
              unwatchable ? FETCH_UNWATCHABLE : fetch_error_from_errno(error),
              error, client_call_now(client));
}

/* A step has failed. Closes the connection first, so that it reports nothing
 * before the end is reported. */
static void fail_client(struct client_call *client, int error)
{
    close_connection(client);
    fail_call(client, error);
    end_soon(client);
}

/* ---- deadlines ---- */

/* A timer that is set for an earlier moment stays; when it runs, it is set
 * anew. So the timer moves once for a thousand pages on a connection, not a
 * thousand times. */
static void set_deadline(struct client_call *client)
{
    nanos deadline = nanos_earlier(call_deadline(&client->call),
                                   call_next_attempt(&client->call));
    bool is_set =
        client->end.state == HANDLE_TIMED && client->end.when <= deadline;
    client->waits = true;
    if (deadline != NEVER && !is_set)
        loop_call_at(loop_of(client), &client->end, deadline);
}

static void try_another(struct client_call *client);

/* A timer that was left set may run between two calls: it is ignored. */
static void on_end(struct handle *handle)
{
    struct client_call *client = container_of(handle, struct client_call, end);
    if (!client->waits)
        return;
    nanos now = client_call_now(client);
    if (!call_expire(&client->call, now) &&
        call_next_attempt(&client->call) <= now)
        try_another(client);
    if (call_need(&client->call) == CALL_IS_DONE)
        client_call_give_up(client);
    else
        set_deadline(client);
}
HANDLE_NAME(on_end, "the deadline of a page", describe_end);
WAIT_SHAPE_BY(on_end, "a page", struct client_call, end,
              WAIT_PART(WAIT_ON, struct client_call, resolution.query));

/* ---- resolve ---- */

static void on_resolved(struct resolution *resolution, int code,
                        const struct addresses *addresses)
{
    struct client_call *client =
        container_of(resolution, struct client_call, resolution);
    if (code)
        call_fail(&client->call, FETCH_NO_HOST, code, client_call_now(client));
    else
        call_resolved(&client->call, addresses, client_call_now(client));
    client->ops->looked_up(client);
}

void client_call_look_up(struct client_call *client)
{
    set_deadline(client);
    int error =
        resolver_start(client->calls->offloader, call_endpoint(&client->call),
                       &client->resolution);
    if (error)
        fail_client(client, error);
}

/* ---- connect ---- */

static int open_connection(struct client_call *client)
{
    int fd = socket_start_connect(call_address(&client->call));
    if (fd < 0)
        return fd;
    client->watch.fd = fd;
    int error = loop_watch(loop_of(client), &client->watch, SELECT_WRITE);
    if (error == -EINVAL)
        fail_call(client, error);
    return error;
}

static void connect_failed(struct client_call *client, int error)
{
    close_connection(client);
    if (call_need(&client->call) == CALL_NEEDS_CONNECTION)
        call_connect_failed(&client->call, error, client_call_now(client));
}

/* A call that was refused at its start is done already. */
void client_call_connect(struct client_call *client)
{
    set_deadline(client);
    while (call_need(&client->call) == CALL_NEEDS_CONNECTION) {
        int error = open_connection(client);
        if (!error)
            return;
        connect_failed(client, error);
    }
    end_soon(client);
}

void client_call_connected(struct client_call *client)
{
    int error = socket_connect_result(client->watch.fd);
    if (error)
        connect_failed(client, error);
    else
        call_connected(&client->call, &client->kept, client_call_now(client));
}

/* One of several attempts has succeeded, or all have failed. The client is
 * called as if there had been only one address. */
static void on_rivals(struct handle *handle)
{
    struct client_call *client =
        container_of(handle, struct client_call, watch.handle);
    int fd =
        rivals_step(client->rivals, &client->call, client_call_now(client));
    if (fd == -EAGAIN)
        return;
    close_connection(client);
    if (fd < 0) {
        client_call_give_up(client);
        return;
    }
    client->watch.fd = fd;
    client->watch.ready = SELECT_WRITE;
    handle->run = client->connected;
    handle->run(handle);
}
HANDLE_NAME(on_rivals, "a page that tries several addresses",
            client_call_describe_watch);

/* From here on another descriptor is waited for. */
static void try_another(struct client_call *client)
{
    struct watch *watch = &client->watch;
    loop_watch(loop_of(client), watch, 0);
    if (!client->rivals)
        client->connected = watch->handle.run;
    watch->fd = rivals_try_another(&client->rivals, watch->fd, &client->call,
                                   client_call_now(client));
    if (client->rivals)
        watch->handle.run = on_rivals;
    int error = loop_watch(loop_of(client), watch,
                           client->rivals ? SELECT_READ : SELECT_WRITE);
    if (error)
        fail_call(client, error);
}

/* ---- transfer ---- */

static void send_some(struct client_call *client)
{
    if (!(call_wants(&client->call) & WANTS_WRITE))
        return;
    ssize_t count = socket_send(client->watch.fd, call_output(&client->call));
    if (count != -EAGAIN)
        call_sent(&client->call, count, client_call_now(client));
}

/* Sends before it waits: a small request leaves at once, and then only the
 * answer is waited for. */
void client_call_transfer(struct client_call *client)
{
    send_some(client);
    set_deadline(client);
    int error =
        loop_watch(loop_of(client), &client->watch, call_wants(&client->call));
    if (error)
        fail_client(client, error);
}

/* The time since which a connection rests is read from the clock anew: the loop
 * reads it once a turn, and a callback of the turn may have taken long. */
void client_call_receive(struct client_call *client)
{
    if (!(client->watch.ready & SELECT_READ))
        return;
    const struct transports *shared = &client->calls->transports;
    ssize_t count =
        socket_receive(client->watch.fd, shared->scratch, shared->scratch_size);
    kept_connection_rest(&client->kept, monotonic_now());
    if (count != -EAGAIN)
        call_received(&client->call, shared->scratch, count,
                      client_call_now(client));
}

/* ---- a transfer of another kind ---- */

int client_call_take_socket(struct client_call *client)
{
    int fd = client->watch.fd;
    loop_watch(loop_of(client), &client->watch, 0);
    client->watch.fd = -1;
    return fd;
}

void client_call_wait(struct client_call *client)
{
    set_deadline(client);
}

/* The timer stays set: most often the next call can use it. */
void client_call_rest(struct client_call *client)
{
    client->waits = false;
}

/* ---- between two hops, or two calls ---- */

/* No request is under way: the server has closed the connection. */
static void on_idle_ready(struct handle *handle)
{
    client_call_close(container_of(handle, struct client_call, watch.handle));
}
HANDLE_NAME(on_idle_ready, "a kept connection", NULL);

static void keep_connection(struct client_call *client)
{
    client->watch.handle.run = on_idle_ready;
    if (loop_watch(loop_of(client), &client->watch, SELECT_READ))
        close_connection(client);
}

/* The timer for the deadline stays set: most often the next call can use it. */
void client_call_end_hop(struct client_call *client)
{
    client->waits = false;
    if (client->watch.fd >= 0 && call_may_reuse(&client->call))
        keep_connection(client);
    else
        client_call_close(client);
}

void client_call_close(struct client_call *client)
{
    close_connection(client);
    loop_cancel(loop_of(client), &client->end);
}

bool client_call_use_kept(struct client_call *client)
{
    bool serves = call_accepts_kept(&client->call, &client->kept) &&
                  kept_connection_is_silent(&client->kept, client->watch.fd,
                                            monotonic_now());
    if (serves)
        call_connected(&client->call, &client->kept, client_call_now(client));
    else
        close_connection(client);
    return serves;
}

void client_call_init(struct client_call *client, struct client_calls *calls,
                      const struct call_options *options,
                      const struct client_call_ops *ops)
{
    *client = (struct client_call){.calls = calls, .ops = ops};
    client->watch.fd = -1;
    client->resolution.resolved = on_resolved;
    client->end.run = on_end;
    call_init(&client->call, options);
    client->call.doer = (struct doer){.pid = getpid(), .thread = gettid()};
}

void client_call_deinit(struct client_call *client)
{
    resolver_cancel(&client->resolution);
    client_call_close(client);
    call_deinit(&client->call);
}
