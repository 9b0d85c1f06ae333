/* SPDX-License-Identifier: MIT */
/* The monster: many pages at a time on one thread, on sockets that never wait.
 *
 *     CONN_FREE --> CONN_CONNECTING --> CONN_TRANSFERRING --> CONN_DONE
 *
 * None of these functions waits, except for poll in step 4. Each does what can
 * be done now and returns; what has to outlive the return stands in struct
 * conn. Read lessons/P3/conn.h first. */
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

void conn_end(struct conn *conn, int error)
{
    if (conn->fd >= 0)
        close(conn->fd);
    conn->fd = -1;
    conn->error = error;
    conn->state = CONN_DONE;
}

/* ---- step 1: connect without waiting ---- */

/* A new stream socket, SOCK_NONBLOCK and SOCK_CLOEXEC from its birth, for the
 * family to->socket.any.sa_family; and a connect to &to->socket.any, to->size.
 * That connect is under way says it with EINPROGRESS, which is not an error.
 * Then conn->fd and conn->state (CONN_CONNECTING) are set: 0. If anything else
 * goes wrong: the socket is closed, conn is left alone, and the negative errno
 * returned. */
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

/* The socket is writable for the first time. How connect went, the socket keeps
 * in its option SO_ERROR (getsockopt, SOL_SOCKET): an errno, or 0. Connected:
 * CONN_TRANSFERRING. Not: conn_end, with the negative errno. */
void conn_connected(struct conn *conn)
{
#if SOLVED >= 1
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error)
        conn_end(conn, -error);
    else
        conn->state = CONN_TRANSFERRING;
#else
    YOUR_CODE(conn);
#endif
}
#if STEP >= 2

/* ---- step 2: one step ---- */

/* One send, of what exchange_output still has; MSG_NOSIGNAL, or a server that
 * is gone kills us. exchange_sent is told what came of it: how many bytes went
 * out, or a negative errno. It is told nothing when none would fit (EAGAIN):
 * then nothing has happened. */
void conn_send(struct conn *conn)
{
#if SOLVED >= 2
    struct slice output = exchange_output(&conn->exchange);
    ssize_t count = send(conn->fd, output.data, output.size, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN)
        return;
    exchange_sent(&conn->exchange, count < 0 ? -errno : count);
#else
    YOUR_CODE(conn);
#endif
}

/* One recv, into a buffer of your own (16 KiB are plenty). exchange_received
 * gets the bytes and their count, 0 when the server has closed, or a negative
 * errno; nothing when there are none yet (EAGAIN). */
void conn_receive(struct conn *conn)
{
#if SOLVED >= 2
    char bytes[16384];
    ssize_t count = recv(conn->fd, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EAGAIN)
        return;
    exchange_received(&conn->exchange, bytes, count < 0 ? -errno : count);
#else
    YOUR_CODE(conn);
#endif
}

/* poll says that the socket is `ready` (POLLOUT, POLLIN, and what it says
 * unasked: POLLERR, POLLHUP). One that is connecting: conn_connected. Then, if
 * it is transferring: conn_send if it is ready to write and the exchange wants
 * to (exchange_wants: WANTS_WRITE); conn_receive if it is ready in any other
 * way. Each at most once: others are waiting too. When the exchange is done,
 * conn_end. */
void conn_step(struct conn *conn, short ready)
{
#if SOLVED >= 2
    if (conn->state == CONN_CONNECTING)
        conn_connected(conn);
    if (conn->state != CONN_TRANSFERRING)
        return;
    if (ready & POLLOUT && exchange_wants(&conn->exchange) & WANTS_WRITE)
        conn_send(conn);
    if (ready & ~POLLOUT)
        conn_receive(conn);
    if (exchange_is_done(&conn->exchange))
        conn_end(conn, 0);
#else
    YOUR_CODE(conn, ready);
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: ask only for what you need ---- */

/* What is this one waiting for? While it connects: POLLOUT. While it transfers:
 * POLLIN if the exchange wants to read, POLLOUT if it wants to write, or both.
 * Otherwise nothing: 0. */
short conn_interest(const struct conn *conn)
{
#if SOLVED >= 3
    if (conn->state == CONN_CONNECTING)
        return POLLOUT;
    if (conn->state != CONN_TRANSFERRING)
        return 0;
    unsigned wants = exchange_wants(&conn->exchange);
    short events = 0;
    if (wants & WANTS_READ)
        events |= POLLIN;
    if (wants & WANTS_WRITE)
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

/* Given: gives a free place a page. */
static void start(struct monster *monster, struct conn *conn,
                  const struct job *job)
{
    conn_start(conn, job, monster->batch->options, clock_now(monster->clock));
}

/* Given: after every start and every step. If the page is over it is handed to
 * the batch, and the place is free again. */
static void settle(struct monster *monster, struct conn *conn)
{
    if (conn->state == CONN_DONE)
        conn_hand_over(conn, monster->batch, clock_now(monster->clock));
}

/* For every place, monster->conns[0 … places - 1]: while it is free and
 * batch_next(monster->batch, &job) has a job, start it and settle. (A page that
 * fails at once leaves its place free for the next.) Returns how many places
 * are taken in the end. */
static size_t fill(struct monster *monster)
{
#if SOLVED >= 4
    size_t taken = 0;
    for (size_t i = 0; i < monster->places; i++) {
        struct conn *conn = &monster->conns[i];
        struct job job;
        while (conn->state == CONN_FREE && batch_next(monster->batch, &job)) {
            start(monster, conn, &job);
            settle(monster, conn);
        }
        taken += conn->state != CONN_FREE;
    }
    return taken;
#else
    YOUR_CODE(monster, start, settle);
    return 0;
#endif
}

/* How long poll may sleep; step 5 has to do with it. */
static int time_left(const struct monster *monster);

/* One turn. Fills in monster->polls: for each place conn->fd (poll passes over
 * -1) and conn_interest. Asks poll about all of them, for time_left(monster) at
 * most. Then steps each that has any revents, and settles it. Returns 0, also
 * when a signal interrupted poll (EINTR), or poll's negative errno. */
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
        settle(monster, &monster->conns[i]);
    }
    return 0;
#else
    YOUR_CODE(monster, settle, time_left);
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

/* How many milliseconds may poll sleep? Until the earliest conn->deadline,
 * counted from clock_now(monster->clock); rounded up, or it wakes too early and
 * turns in a circle until the moment has come. -1 if that is NEVER. A place
 * that is free has NEVER. */
static int time_left(const struct monster *monster)
{
#if SOLVED >= 5
    nanos earliest = NEVER;
    for (size_t i = 0; i < monster->places; i++)
        earliest = nanos_earlier(earliest, monster->conns[i].deadline);
    if (earliest == NEVER)
        return -1;
    nanos left = nanos_until(earliest, clock_now(monster->clock));
    return (int)((left + NANOS_PER_MILLISECOND - 1) / NANOS_PER_MILLISECOND);
#else
    YOUR_CODE(monster);
    return -1;
#endif
}

/* After every turn: each whose deadline has come ends with -ETIMEDOUT, and is
 * settled. */
static void expire(struct monster *monster)
{
#if SOLVED >= 5
    nanos now = clock_now(monster->clock);
    for (size_t i = 0; i < monster->places; i++) {
        struct conn *conn = &monster->conns[i];
        if (conn->deadline > now)
            continue;
        conn_end(conn, -ETIMEDOUT);
        settle(monster, conn);
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
        conn_init(&monster->conns[i], batch->options);
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
