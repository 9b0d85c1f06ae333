/* SPDX-License-Identifier: MIT */
#include "harness/origin/connection_internal.h"

#include "callbacks/handle_name.h"
#include "harness/origin/server_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a client may go on sending bytes that are dropped. */
static const nanos DRAIN_TIME = NANOS_PER_SECOND;

static void on_ready(struct handle *handle);
static void on_timer(struct handle *handle);

/* ---- its life ---- */

static void link_connection(struct connection *connection)
{
    struct origin *origin = connection->origin;
    connection->next = origin->connections;
    if (connection->next)
        connection->next->previous = connection;
    origin->connections = connection;
    origin->open++;
}

static void unlink_connection(struct connection *connection)
{
    struct origin *origin = connection->origin;
    if (connection->next)
        connection->next->previous = connection->previous;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        origin->connections = connection->next;
    origin->open--;
}

/* An answer that takes no memory. A connection to which nothing was sent has
 * room for it. A client that uses https could not read it. */
static bool send_shortage(const struct origin *origin, int fd)
{
    static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                 "Content-Type: text/plain\r\n"
                                 "Content-Length: 14\r\n"
                                 "Connection: close\r\n"
                                 "\r\n"
                                 "Out of memory\n";
    ssize_t size = sizeof answer - 1;
    return !origin->options.tls &&
           send(fd, answer, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT) == size;
}

/* Reads what the client has sent already: with bytes unread the close would be
 * a reset, which may overtake the answer. */
static void turn_away(struct origin *origin, int fd)
{
    recv(fd, origin->in, sizeof origin->in, MSG_DONTWAIT);
    send_shortage(origin, fd);
    shutdown(fd, SHUT_WR);
    close(fd);
}

int connection_new(struct origin *origin, int fd)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) {
        turn_away(origin, fd);
        return -ENOMEM;
    }
    connection->origin = origin;
    connection->watch = (struct watch){.handle.run = on_ready, .fd = fd};
    connection->timer = (struct handle){.run = on_timer};
    connection->since = loop_time(origin->loop);
    link_connection(connection);
    run_open(&origin->stats.total);
    int error = wire_init(&connection->wire, fd, origin->options.tls);
    if (!error)
        error = loop_watch(origin->loop, &connection->watch, SELECT_READ);
    if (error) {
        send_shortage(origin, fd);
        connection_free(connection);
    }
    return error;
}

static void end_request(struct connection *connection, enum request_end how)
{
    struct origin *origin = connection->origin;
    loop_cancel(origin->loop, &connection->timer);
    if (connection->held)
        connection->held->leave(connection);
    answer_deinit(&connection->answer);
    connection->delay = connection->every = 0;
    connection->never = false;
    if (!connection->counted)
        return;
    connection->counted = false;
    stats_request_end(&origin->stats, connection->request_run,
                      loop_time(origin->loop), how);
}

void connection_free(struct connection *connection)
{
    struct origin *origin = connection->origin;
    end_request(connection, REQUEST_ABANDONED);
    readers_give_back(&origin->readers, connection->reader);
    buffer_deinit(&connection->pending);
    origin->stored -= connection->stored;
    loop_watch(origin->loop, &connection->watch, 0);
    wire_deinit(&connection->wire);
    close(connection->watch.fd);
    run_close(&origin->stats.total);
    if (connection->run)
        run_close(connection->run);
    unlink_connection(connection);
    free(connection);
}

void connection_join_run(struct connection *connection, struct run *run)
{
    if (connection->has_run)
        return;
    connection->has_run = true;
    connection->run = run;
    if (run)
        run_open(run);
}

void connection_count(struct connection *connection, struct run *run)
{
    struct origin *origin = connection->origin;
    connection_join_run(connection, run);
    connection->counted = true;
    connection->request_run = run;
    stats_request(&origin->stats, run, loop_time(origin->loop));
}

/* ---- the answer goes out ---- */

static void wait_for(struct connection *connection, nanos span)
{
    struct loop *loop = connection->origin->loop;
    loop_call_at(loop, &connection->timer, nanos_after(loop_time(loop), span));
}

/* A close with bytes unread is a reset, which may overtake the answer. So only
 * our side is closed, and what still comes is read and dropped for a while. */
static void drain_connection(struct connection *connection)
{
    buffer_deinit(&connection->pending);
    if (!wire_wants_write(&connection->wire))
        shutdown(connection->watch.fd, SHUT_WR);
    connection->state = CONNECTION_DRAINS;
    wait_for(connection, DRAIN_TIME);
}

void connection_starve(struct connection *connection)
{
    bool begun = connection->interim ||
                 connection->state == CONNECTION_WRITES ||
                 connection->state == CONNECTION_DRIPS;
    stats_error(&connection->origin->stats, connection->run);
    end_request(connection, REQUEST_ABANDONED);
    connection->state = CONNECTION_CLOSED;
    if (!begun && send_shortage(connection->origin, connection->watch.fd))
        drain_connection(connection);
}

static void close_with_reset(struct connection *connection)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(connection->watch.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    connection->state = CONNECTION_CLOSED;
}

static void finish_answer(struct connection *connection)
{
    enum finish finish = connection->answer.finish;
    end_request(connection, REQUEST_SERVED);
    if (finish == FINISH_CLOSE || finish == FINISH_DRAIN)
        wire_end(&connection->wire);
    connection->state = CONNECTION_READS;
    switch (finish) {
    case FINISH_KEEP:
        break;
    case FINISH_VANISH_NEXT:
        connection->doomed = true;
        break;
    case FINISH_CLOSE:
        if (connection->pending.size == 0 &&
            !wire_wants_write(&connection->wire))
            connection->state = CONNECTION_CLOSED;
        else
            drain_connection(connection);
        break;
    case FINISH_VANISH:
        connection->state = CONNECTION_CLOSED;
        break;
    case FINISH_DRAIN:
        drain_connection(connection);
        break;
    case FINISH_RESET:
        close_with_reset(connection);
        break;
    }
}

static void write_answer(struct connection *connection)
{
    struct origin *origin = connection->origin;
    uint64_t count;
    connection->state = CONNECTION_WRITES;
    enum sending sending = answer_send(&connection->answer, &connection->wire,
                                       origin->out, &count);
    /* TLS may still hold bytes that it has taken. */
    if (sending == SENT_ALL || sending == SENT_UP_TO_DROP)
        sending = wire_flush(&connection->wire) ? SEND_BLOCKED : sending;
    if (connection->counted)
        stats_bytes(&origin->stats, connection->request_run, count);
    if (count)
        connection->since = loop_time(origin->loop);
    switch (sending) {
    case SENT_ALL:
        finish_answer(connection);
        break;
    case SENT_UP_TO_DROP:
        connection->state = CONNECTION_DRIPS;
        wait_for(connection, connection->every);
        break;
    case SEND_BLOCKED:
        break;
    case SEND_FAILED:
        connection->state = CONNECTION_CLOSED;
        break;
    }
}

void connection_send_interim(struct connection *connection)
{
    uint64_t count;
    enum sending sending = answer_send(&connection->answer, &connection->wire,
                                       connection->origin->out, &count);
    connection->interim = sending == SEND_BLOCKED;
    if (sending == SEND_FAILED)
        connection->state = CONNECTION_CLOSED;
}

void connection_answer(struct connection *connection)
{
    /* The rest of an interim response is sent with the answer. */
    connection->interim = false;
    connection->state = CONNECTION_WAITS;
    /* A held request has set its own timer; its delay begins afterwards. */
    if (connection->never || connection->held)
        return;
    nanos delay = connection->delay;
    connection->delay = 0;
    if (delay > 0)
        wait_for(connection, delay);
    else
        write_answer(connection);
}

/* ---- what the loop calls ---- */

static unsigned interest_of_state(const struct connection *connection)
{
    switch (connection->state) {
    case CONNECTION_READS:
        return connection->interim ? SELECT_READ | SELECT_WRITE : SELECT_READ;
    case CONNECTION_DRAINS:
        return SELECT_READ;
    case CONNECTION_WAITS:
    case CONNECTION_DRIPS:
        /* Watched only to learn that the client has gone: what it sends is kept
         * for later. */
        return connection->ended || connection->pending.size ? 0 : SELECT_READ;
    case CONNECTION_WRITES:
        return SELECT_WRITE;
    case CONNECTION_CLOSED:
        break;
    }
    return 0;
}

static unsigned interest_of(const struct connection *connection)
{
    unsigned wire = wire_wants_write(&connection->wire) ? SELECT_WRITE : 0u;
    return interest_of_state(connection) | wire;
}

/* Accounts for the bytes kept for it. When little room is left, a client that
 * needs much of it is disconnected. */
static void account(struct connection *connection)
{
    struct origin *origin = connection->origin;
    size_t stored =
        connection->pending.capacity + answer_stored(&connection->answer);
    if (connection->reader)
        stored += connection->reader->body.capacity;
    origin->stored += stored - connection->stored;
    connection->stored = stored;
    if (stored > STORED_SMALL && origin->stored > STORED_MAX) {
        stats_error(&origin->stats, connection->run);
        connection->state = CONNECTION_CLOSED;
    }
}

/* The next request may have come together with the last one. */
static void take_pending(struct connection *connection)
{
    struct buffer taken = connection->pending;
    connection->pending = (struct buffer){0};
    connection->origin->take(connection, taken.data, taken.size);
    buffer_deinit(&taken);
}

/* Ends every call from the loop: leaves the connection watched for what it
 * wants next, or not at all. */
static void settle(struct connection *connection)
{
    struct loop *loop = connection->origin->loop;
    while (connection->state == CONNECTION_READS && connection->pending.size)
        take_pending(connection);
    account(connection);
    unsigned interest = interest_of(connection);
    if (connection->state != CONNECTION_CLOSED &&
        interest != connection->watch.interest &&
        loop_watch(loop, &connection->watch, interest))
        connection->state = CONNECTION_CLOSED;
    if (connection->state == CONNECTION_CLOSED)
        connection_free(connection);
}

/* A client that closes before its answer has begun is gone. Later the next send
 * will show it, because some clients close their side and still read. */
static void on_end(struct connection *connection)
{
    connection->ended = true;
    if (connection->state != CONNECTION_DRIPS)
        connection->state = CONNECTION_CLOSED;
}

static void take_bytes(struct connection *connection, const char *data,
                       size_t size)
{
    if (connection->state == CONNECTION_READS)
        connection->origin->take(connection, data, size);
    else if (connection->state != CONNECTION_DRAINS &&
             buffer_append(&connection->pending, data, size))
        connection_starve(connection);
}

static void connection_receive(struct connection *connection)
{
    struct origin *origin = connection->origin;
    ssize_t size =
        wire_receive(&connection->wire, origin->in, sizeof origin->in);
    while (size > 0) {
        take_bytes(connection, origin->in, (size_t)size);
        if (connection->state == CONNECTION_CLOSED)
            return;
        size =
            wire_receive_rest(&connection->wire, origin->in, sizeof origin->in);
    }
    if (size == 0)
        on_end(connection);
    else if (size != -EAGAIN)
        connection->state = CONNECTION_CLOSED;
}

/* ---- inspection ---- */

static void describe_connection(const struct connection *connection, FILE *out)
{
    static const char *const states[] = {
        [CONNECTION_READS] = "reads, or waits for a request",
        [CONNECTION_WAITS] = "waits with its answer",
        [CONNECTION_WRITES] = "writes its answer",
        [CONNECTION_DRIPS] = "drips its answer",
        [CONNECTION_DRAINS] = "has answered and closed, and drains",
        [CONNECTION_CLOSED] = "is closed",
    };
    nanos now = loop_time(connection->origin->loop);
    fprintf(out, "%s, since %.3f s",
            connection->never ? "does not answer" : states[connection->state],
            nanos_as_seconds(now - connection->since));
}

static void describe_watch(const struct handle *handle, FILE *out)
{
    describe_connection(container_of(handle, struct connection, watch.handle),
                        out);
}

static void describe_timer(const struct handle *handle, FILE *out)
{
    struct connection *connection =
        container_of(handle, struct connection, timer);
    fprintf(out, "fd %d ", connection->watch.fd);
    describe_connection(connection, out);
}

/* ---- events ---- */

static void on_ready(struct handle *handle)
{
    struct watch *watch = container_of(handle, struct watch, handle);
    struct connection *connection =
        container_of(watch, struct connection, watch);
    int error = wire_flush(&connection->wire);
    if (error && error != -EAGAIN)
        connection->state = CONNECTION_CLOSED;
    else if (connection->state == CONNECTION_WRITES)
        write_answer(connection);
    else
        connection_receive(connection);
    if (connection->interim)
        connection_send_interim(connection);
    settle(connection);
}
HANDLE_NAME(on_ready, "a connection", describe_watch);

static void on_timer(struct handle *handle)
{
    struct connection *connection =
        container_of(handle, struct connection, timer);
    if (connection->state == CONNECTION_DRAINS) {
        connection->state = CONNECTION_CLOSED;
    } else if (connection->held) {
        if (connection->held->due(connection))
            connection_starve(connection);
        else
            connection_answer(connection);
    } else {
        if (connection->state == CONNECTION_DRIPS)
            answer_drip(&connection->answer);
        write_answer(connection);
    }
    settle(connection);
}
HANDLE_NAME(on_timer, "what a connection waits for", describe_timer);
