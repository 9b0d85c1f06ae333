/* SPDX-License-Identifier: MIT */
/* The monster: many pages at a time on one thread, on sockets that never wait.
 *
 *     CONN_FREE --> CONN_CONNECTING --> CONN_TRANSFERRING --> CONN_DONE
 *
 * None of these functions waits, except for poll in step 4. Each does what can
 * be done now and returns; what has to outlive the return is in struct conn.
 * Read lessons/P3/conn.h first. */
#ifndef STEP
#define STEP 5
#define SOLVED 5
#endif

#include "lessons/P3/conn.h"
#include "lessons/your_code.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- given ---- */

void conn_end(struct conn *conn)
{
    if (conn->fd >= 0)
        close(conn->fd);
    conn->fd = -1;
    conn->state = CONN_DONE;
}

/* ---- step 1: connect without waiting ---- */

/* Makes a socket that does not block, of the family to->socket.any.sa_family:
 * SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol 0. Calls connect, with
 * &to->socket.any and to->size. It does not wait but says EINPROGRESS, "under
 * way", and here that is not an error. Then sets conn->fd, and conn->state to
 * CONN_CONNECTING: 0. When anything else fails: a negative errno (-errno), no
 * socket is left open, and conn stays as it was. close() may set errno too, so
 * take it first. */
int conn_open(struct conn *conn, const struct address *to)
{
#if SOLVED >= 1
    int fd = socket(to->socket.any.sa_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, &to->socket.any, to->size) < 0 && errno != EINPROGRESS) {
        int error = -errno;
        close(fd);
        return error;
    }
    conn->fd = fd;
    conn->state = CONN_CONNECTING;
    return 0;
#else
    YOUR_CODE(conn, to);
    return -ENOSYS;
#endif
}

/* The socket is writable for the first time: connecting is over. How it went is
 * in the socket's option SO_ERROR (getsockopt, SOL_SOCKET), an errno or 0.
 * Connected: call_connected (this client keeps no connection: NULL), and the
 * state is CONN_TRANSFERRING. Not: call_connect_failed with the negative errno,
 * and conn_end. The time, for both, is clock_now(conn->clock). */
void conn_connected(struct conn *conn)
{
#if SOLVED >= 1
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error) {
        call_connect_failed(&conn->call, -error, clock_now(conn->clock));
        conn_end(conn);
    } else {
        call_connected(&conn->call, NULL, clock_now(conn->clock));
        conn->state = CONN_TRANSFERRING;
    }
#else
    YOUR_CODE(conn);
#endif
}
#if STEP >= 2

/* ---- step 2: one step ---- */

/* One send, of what call_output still has; with MSG_NOSIGNAL, or a server that
 * is gone ends the program. call_sent is told what came of it: how many bytes
 * went out, or a negative errno. When there was no room for any (EAGAIN) it is
 * told nothing: nothing has happened. */
void conn_send(struct conn *conn)
{
#if SOLVED >= 2
    struct slice output = call_output(&conn->call);
    ssize_t count = send(conn->fd, output.data, output.size, MSG_NOSIGNAL);
    if (count < 0)
        count = -errno;
    if (count != -EAGAIN)
        call_sent(&conn->call, count, clock_now(conn->clock));
#else
    YOUR_CODE(conn);
#endif
}

/* One recv, into an array of your own: char bytes[16384]. call_received is told
 * what came of it: the bytes and how many, 0 when the server has closed, or a
 * negative errno. When there are none yet (EAGAIN) it is told nothing. */
void conn_receive(struct conn *conn)
{
#if SOLVED >= 2
    char bytes[16384];
    ssize_t count = recv(conn->fd, bytes, sizeof bytes, 0);
    if (count < 0)
        count = -errno;
    if (count != -EAGAIN)
        call_received(&conn->call, bytes, count, clock_now(conn->clock));
#else
    YOUR_CODE(conn);
#endif
}

/* poll says that the socket is `ready`: POLLOUT, POLLIN, and what it says
 * unasked, POLLERR and POLLHUP. One that is connecting: conn_connected. If it
 * is transferring then: conn_send when it is ready to write and the call wants
 * to (call_wants: WANTS_WRITE); conn_receive when it is ready in any other way.
 * Each once at most: others are waiting too. When the call needs no more
 * transfer (call_need: CALL_NEEDS_TRANSFER): conn_end. */
void conn_step(struct conn *conn, short ready)
{
#if SOLVED >= 2
    if (conn->state == CONN_CONNECTING)
        conn_connected(conn);
    if (conn->state != CONN_TRANSFERRING)
        return;
    if (ready & POLLOUT && call_wants(&conn->call) & WANTS_WRITE)
        conn_send(conn);
    if (ready & ~POLLOUT)
        conn_receive(conn);
    if (call_need(&conn->call) != CALL_NEEDS_TRANSFER)
        conn_end(conn);
#else
    YOUR_CODE(conn, ready);
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: ask only for what you need ---- */

/* What is this one waiting for? While it connects: POLLOUT. While it transfers:
 * POLLIN if the call wants to read (call_wants: WANTS_READ), POLLOUT if it
 * wants to write (WANTS_WRITE), or both. Otherwise nothing: 0. */
short conn_interest(const struct conn *conn)
{
#if SOLVED >= 3
    if (conn->state == CONN_CONNECTING)
        return POLLOUT;
    if (conn->state != CONN_TRANSFERRING)
        return 0;
    short events = 0;
    if (call_wants(&conn->call) & WANTS_READ)
        events |= POLLIN;
    if (call_wants(&conn->call) & WANTS_WRITE)
        events |= POLLOUT;
    return events;
#else
    YOUR_CODE(conn);
    return 0;
#endif
}
#endif
#if STEP >= 4

/* ---- step 4: all in one loop ---- */

struct monster {
    struct batch *batch;
    const struct clock *clock;
    /* As many as may be in flight, and what poll is asked about each. */
    size_t places;
    struct conn *conns;
    struct pollfd *polls;
};

/* For every place, monster->conns[0 … places - 1]: while it is CONN_FREE and
 * batch_next(monster->batch, &job) finds a job, conn_start it, and conn_settle.
 * (A page that fails at once leaves its place free for the next.) Returns how
 * many places are taken in the end. */
static size_t fill(struct monster *monster)
{
#if SOLVED >= 4
    size_t taken = 0;
    for (size_t i = 0; i < monster->places; i++) {
        struct conn *conn = &monster->conns[i];
        struct job job;
        while (conn->state == CONN_FREE && batch_next(monster->batch, &job)) {
            conn_start(conn, &job);
            conn_settle(conn, monster->batch);
        }
        taken += conn->state != CONN_FREE;
    }
    return taken;
#else
    YOUR_CODE(monster);
    return 0;
#endif
}

/* How long poll may sleep; step 5 has to do with it. */
static int time_left(const struct monster *monster);

/* One turn. Fills in monster->polls: for each place conn->fd (poll passes over
 * -1) and conn_interest. Asks poll about all of them, for time_left(monster) at
 * most. Then each that has any revents: conn_step, and conn_settle. Returns 0,
 * also when a signal interrupted poll (EINTR), or poll's negative errno. */
static int turn(struct monster *monster)
{
#if SOLVED >= 4
    for (size_t i = 0; i < monster->places; i++) {
        struct conn *conn = &monster->conns[i];
        monster->polls[i].fd = conn->fd;
        monster->polls[i].events = conn_interest(conn);
    }
    if (poll(monster->polls, monster->places, time_left(monster)) < 0)
        return errno == EINTR ? 0 : -errno;
    for (size_t i = 0; i < monster->places; i++) {
        if (!monster->polls[i].revents)
            continue;
        conn_step(&monster->conns[i], monster->polls[i].revents);
        conn_settle(&monster->conns[i], monster->batch);
    }
    return 0;
#else
    YOUR_CODE(monster, time_left);
    return -ENOSYS;
#endif
}
#if STEP < 5

/* Given until step 5: until something happens. */
static int time_left(const struct monster *monster)
{
    (void)monster;
    return -1;
}
#endif
#if STEP >= 5

/* ---- step 5: deadlines ---- */

/* How many milliseconds may poll sleep? Until the earliest call_deadline of all
 * places that are taken, counted from clock_now(monster->clock); rounded up, or
 * it wakes too early, and turns in a circle until the moment has come. -1 when
 * that is NEVER. Moments are in nanoseconds: base/nanos.h counts with them. */
static int time_left(const struct monster *monster)
{
#if SOLVED >= 5
    nanos earliest = NEVER;
    for (size_t i = 0; i < monster->places; i++) {
        const struct conn *conn = &monster->conns[i];
        if (conn->state != CONN_FREE)
            earliest = nanos_earlier(earliest, call_deadline(&conn->call));
    }
    if (earliest == NEVER)
        return -1;
    nanos left = nanos_until(earliest, clock_now(monster->clock));
    return (int)((left + NANOS_PER_MILLISECOND - 1) / NANOS_PER_MILLISECOND);
#else
    YOUR_CODE(monster);
    return -1;
#endif
}

/* After every turn: whose time is up? call_expire(&conn->call, now) knows, and
 * ends the call: then conn_end, and conn_settle. On a place that is free it
 * does nothing. */
static void expire(struct monster *monster)
{
#if SOLVED >= 5
    nanos now = clock_now(monster->clock);
    for (size_t i = 0; i < monster->places; i++) {
        struct conn *conn = &monster->conns[i];
        if (!call_expire(&conn->call, now))
            continue;
        conn_end(conn);
        conn_settle(conn, monster->batch);
    }
#else
    YOUR_CODE(monster);
#endif
}
#endif

/* ---- given: everything around a turn ---- */

static int monster_init(struct monster *monster, struct batch *batch,
                        const struct clock *clock)
{
    size_t places = batch->concurrency;
    *monster = (struct monster){.batch = batch, .clock = clock};
    monster->conns = calloc(places, sizeof *monster->conns);
    monster->polls = calloc(places, sizeof *monster->polls);
    if (!monster->conns || !monster->polls)
        return -ENOMEM;
    for (size_t i = 0; i < places; i++)
        conn_init(&monster->conns[i], batch->options, clock);
    monster->places = places;
    return 0;
}

static void monster_deinit(struct monster *monster)
{
    for (size_t i = 0; i < monster->places; i++)
        conn_deinit(&monster->conns[i]);
    free(monster->conns);
    free(monster->polls);
}

int monster_run(struct batch *batch, const struct clock *clock)
{
    struct monster monster;
    int error = monster_init(&monster, batch, clock);
    while (!error && fill(&monster) > 0) {
        error = turn(&monster);
#if STEP >= 5
        expire(&monster);
#endif
    }
    monster_deinit(&monster);
    return error;
}
#endif
