/* SPDX-License-Identifier: MIT */
/* One thread and epoll. A connection for each request tries to send as soon as
 * it has called connect(), which on loopback works, and asks epoll to tell when
 * it may only where it does not.
 *
 * The second strategy sends late, at the end of the turn: the server is woken
 * for many requests at once, as it is by a client that waits for a connection
 * to be there. Where a wake-up is dear that costs less, elsewhere it is a list
 * to go through. The same calls are made either way. */
#include "harness/floors/floors.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_MAX = 256 };

struct line {
    struct line *next; /* in the list of those that send late */
    int fd;
    bool watched; /* by epoll */
    size_t arrived;
};

struct crowd {
    struct floor_load *load;
    int epoll;
    size_t begun;  /* requests */
    size_t active; /* lines with a request in flight */
    size_t dialled;
    bool late;
    struct line *first, **last; /* have something to send, where `late` */
    char scratch[65536];
};

static void hang_up(struct line *line)
{
    if (line->fd >= 0)
        close(line->fd); /* which takes it off epoll, too */
    line->fd = -1;
    line->watched = false;
}

static void note_error(struct crowd *crowd, struct line *line, int error)
{
    crowd->load->errors++;
    crowd->load->error = crowd->load->error ? crowd->load->error : error;
    hang_up(line);
}

static int dial(struct crowd *crowd, struct line *line)
{
    const struct floor_load *load = crowd->load;
    const struct address *address =
        &load->addresses[crowd->dialled++ % (size_t)load->address_count];

    line->fd = socket(address->socket.any.sa_family,
                      SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (line->fd < 0)
        return -errno;
    if (connect(line->fd, &address->socket.any, address->size) < 0 &&
        errno != EINPROGRESS)
        return -errno;
    return 0;
}

static int watch(struct crowd *crowd, struct line *line, uint32_t events)
{
    struct epoll_event event = {.events = events, .data = {.ptr = line}};
    int change = line->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    line->watched = true;
    return epoll_ctl(crowd->epoll, change, line->fd, &event) < 0 ? -errno : 0;
}

static int ask(struct crowd *crowd, struct line *line)
{
    const struct slice *request = &crowd->load->request;
    bool new = !line->watched;

    line->arrived = 0;
    if (send(line->fd, request->data, request->size, MSG_NOSIGNAL) >= 0)
        return new ? watch(crowd, line, EPOLLIN) : 0;
    return errno == EAGAIN ? watch(crowd, line, EPOLLOUT) : -errno;
}

static int ask_late(struct crowd *crowd, struct line *line)
{
    line->next = NULL;
    *crowd->last = line;
    crowd->last = &line->next;
    return 0;
}

/* The line's next request, if one is left. */
static void begin(struct crowd *crowd, struct line *line)
{
    while (crowd->begun < crowd->load->requests) {
        crowd->begun++;
        int status = line->fd < 0 ? dial(crowd, line) : 0;
        if (status == 0)
            status = crowd->late ? ask_late(crowd, line) : ask(crowd, line);
        if (status == 0) {
            crowd->active++;
            return;
        }
        note_error(crowd, line, status);
    }
}

static void next(struct crowd *crowd, struct line *line)
{
    crowd->active--;
    begin(crowd, line);
}

static void fail(struct crowd *crowd, struct line *line, int error)
{
    note_error(crowd, line, error);
    next(crowd, line);
}

static void receive(struct crowd *crowd, struct line *line)
{
    ssize_t count = recv(line->fd, crowd->scratch, sizeof crowd->scratch, 0);

    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0) {
        fail(crowd, line, count < 0 ? -errno : -ECONNRESET);
        return;
    }
    line->arrived += (size_t)count;
    if (line->arrived < crowd->load->answer_size)
        return;
    if (line->arrived > crowd->load->answer_size) {
        fail(crowd, line, -EBADMSG);
        return;
    }
    if (!crowd->load->keep_alive)
        hang_up(line);
    next(crowd, line);
}

static void on_event(struct crowd *crowd, const struct epoll_event *event)
{
    struct line *line = event->data.ptr;

    if (!(event->events & EPOLLOUT)) {
        receive(crowd, line);
        return;
    }
    int status = watch(crowd, line, EPOLLIN);
    if (status == 0)
        status = ask(crowd, line);
    if (status < 0)
        fail(crowd, line, status);
}

/* One that fails begins anew, at the end of the list. */
static void ask_all(struct crowd *crowd)
{
    while (crowd->first) {
        struct line *line = crowd->first;
        crowd->first = line->next;
        if (!crowd->first)
            crowd->last = &crowd->first;
        int status = ask(crowd, line);
        if (status < 0)
            fail(crowd, line, status);
    }
}

static int run_lines(struct crowd *crowd, struct line *lines)
{
    struct epoll_event events[EVENTS_MAX];

    for (size_t i = 0; i < crowd->load->connections; i++)
        begin(crowd, &lines[i]);
    ask_all(crowd);
    while (crowd->active > 0) {
        int count = epoll_wait(crowd->epoll, events, EVENTS_MAX, -1);
        if (count < 0 && errno != EINTR)
            return -errno;
        for (int i = 0; i < count; i++)
            on_event(crowd, &events[i]);
        ask_all(crowd);
    }
    return 0;
}

static int run(struct floor_load *load, bool late)
{
    struct crowd crowd = {.load = load, .late = late};
    struct line *lines = calloc(load->connections, sizeof *lines);
    if (!lines)
        return -ENOMEM;
    for (size_t i = 0; i < load->connections; i++)
        lines[i].fd = -1;
    crowd.last = &crowd.first;
    crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
    int status = crowd.epoll < 0 ? -errno : run_lines(&crowd, lines);

    for (size_t i = 0; i < load->connections; i++)
        hang_up(&lines[i]);
    if (crowd.epoll >= 0)
        close(crowd.epoll);
    free(lines);
    return status;
}

static int run_at_once(struct floor_load *load)
{
    return run(load, false);
}

static int run_late(struct floor_load *load)
{
    return run(load, true);
}

const struct floor floor_epoll = {
    .name = "floor-epoll",
    .summary = "one thread and epoll",
    .overlaps = true,
    .run = run_at_once,
};

const struct floor floor_epoll_late = {
    .name = "floor-epoll-late",
    .summary = "one thread and epoll, and sends at the end of a turn",
    .overlaps = true,
    .run = run_late,
    .instead_of = "floor-epoll",
};
