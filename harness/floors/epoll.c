/* SPDX-License-Identifier: MIT */
/* One thread and epoll. If there is a connection for each request, it tries to
 * send right after connect(), which works on loopback, and waits for epoll only
 * if it does not.
 *
 * The second strategy sends late, at the end of the turn, so that the server is
 * woken for many requests at once, as by a client that waits for its
 * connections. Where a wake-up is expensive this costs less; elsewhere the list
 * to go through costs more. Both strategies make the same calls. */
#include "harness/floors/floors.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_MAX = 256 };

struct connection {
    struct connection *next; /* in the list of those that send late */
    int fd;
    bool watched; /* by epoll */
    size_t arrived;
};

struct client {
    struct floor_load *load;
    int epoll;
    size_t begun;  /* requests */
    size_t active; /* connections with a request in flight */
    size_t connected;
    bool late;
    struct connection *first, **last; /* with something to send, if `late` */
    char scratch[65536];
};

static void disconnect(struct connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd); /* which also removes it from epoll */
    connection->fd = -1;
    connection->watched = false;
}

static void note_error(struct client *client, struct connection *connection,
                       int error)
{
    client->load->errors++;
    client->load->error = client->load->error ? client->load->error : error;
    disconnect(connection);
}

static int connect_one(struct client *client, struct connection *connection)
{
    const struct floor_load *load = client->load;
    const struct address *address =
        &load->addresses[client->connected++ % (size_t)load->address_count];

    connection->fd =
        socket(address->socket.any.sa_family,
               SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (connection->fd < 0)
        return -errno;
    if (connect(connection->fd, &address->socket.any, address->size) < 0 &&
        errno != EINPROGRESS)
        return -errno;
    return 0;
}

static int connection_watch(struct client *client,
                            struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data = {.ptr = connection}};
    int change = connection->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    connection->watched = true;
    return epoll_ctl(client->epoll, change, connection->fd, &event) < 0 ? -errno
                                                                        : 0;
}

static int connection_ask(struct client *client, struct connection *connection)
{
    const struct slice *request = &client->load->request;
    bool new = !connection->watched;

    connection->arrived = 0;
    if (send(connection->fd, request->data, request->size, MSG_NOSIGNAL) >= 0)
        return new ? connection_watch(client, connection, EPOLLIN) : 0;
    return errno == EAGAIN ? connection_watch(client, connection, EPOLLOUT)
                           : -errno;
}

static int ask_late(struct client *client, struct connection *connection)
{
    connection->next = NULL;
    *client->last = connection;
    client->last = &connection->next;
    return 0;
}

/* Begins the connection's next request. If none is left, closes it, so that its
 * end is not taken for that of a request. */
static void connection_begin(struct client *client,
                             struct connection *connection)
{
    while (client->begun < client->load->requests) {
        client->begun++;
        int error = connection->fd < 0 ? connect_one(client, connection) : 0;
        if (error == 0)
            error = client->late ? ask_late(client, connection)
                                 : connection_ask(client, connection);
        if (error == 0) {
            client->active++;
            return;
        }
        note_error(client, connection, error);
    }
    disconnect(connection);
}

static void connection_next(struct client *client,
                            struct connection *connection)
{
    client->active--;
    connection_begin(client, connection);
}

static void connection_fail(struct client *client,
                            struct connection *connection, int error)
{
    note_error(client, connection, error);
    connection_next(client, connection);
}

static void connection_receive(struct client *client,
                               struct connection *connection)
{
    ssize_t count =
        recv(connection->fd, client->scratch, sizeof client->scratch, 0);

    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0) {
        connection_fail(client, connection, count < 0 ? -errno : -ECONNRESET);
        return;
    }
    connection->arrived += (size_t)count;
    if (connection->arrived < client->load->answer_size)
        return;
    if (connection->arrived > client->load->answer_size) {
        connection_fail(client, connection, -EBADMSG);
        return;
    }
    if (!client->load->keep_alive)
        disconnect(connection);
    connection_next(client, connection);
}

static void on_event(struct client *client, const struct epoll_event *event)
{
    struct connection *connection = event->data.ptr;

    if (!(event->events & EPOLLOUT)) {
        connection_receive(client, connection);
        return;
    }
    int error = connection_watch(client, connection, EPOLLIN);
    if (error == 0)
        error = connection_ask(client, connection);
    if (error < 0)
        connection_fail(client, connection, error);
}

/* A connection that fails begins anew, at the end of the list. */
static void ask_all(struct client *client)
{
    while (client->first) {
        struct connection *connection = client->first;
        client->first = connection->next;
        if (!client->first)
            client->last = &client->first;
        int error = connection_ask(client, connection);
        if (error < 0)
            connection_fail(client, connection, error);
    }
}

static int run_connections(struct client *client,
                           struct connection *connections)
{
    struct epoll_event events[EVENTS_MAX];

    for (size_t i = 0; i < client->load->connections; i++)
        connection_begin(client, &connections[i]);
    ask_all(client);
    while (client->active > 0) {
        int count = epoll_wait(client->epoll, events, EVENTS_MAX, -1);
        if (count < 0 && errno != EINTR)
            return -errno;
        for (int i = 0; i < count; i++)
            on_event(client, &events[i]);
        ask_all(client);
    }
    return 0;
}

static int run_client(struct floor_load *load, bool late)
{
    struct client client = {.load = load, .late = late};
    struct connection *connections =
        calloc(load->connections, sizeof *connections);
    if (!connections)
        return -ENOMEM;
    for (size_t i = 0; i < load->connections; i++)
        connections[i].fd = -1;
    client.last = &client.first;
    client.epoll = epoll_create1(EPOLL_CLOEXEC);
    int error =
        client.epoll < 0 ? -errno : run_connections(&client, connections);

    for (size_t i = 0; i < load->connections; i++)
        disconnect(&connections[i]);
    if (client.epoll >= 0)
        close(client.epoll);
    free(connections);
    return error;
}

static int run_at_once(struct floor_load *load)
{
    return run_client(load, false);
}

static int run_late(struct floor_load *load)
{
    return run_client(load, true);
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
