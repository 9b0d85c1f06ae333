/* SPDX-License-Identifier: MIT */
/* Sockets: a partial write taken for a whole one. */
#include "wrong.h"

#include "support/scripted_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY = 1000, AT_MOST = 100 };

struct connection {
    int client, server;
    uint16_t port; /* the server's */
};

static void open_connection(struct connection *connection)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct sockaddr *any = (struct sockaddr *)&address;
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    wrong_need(!bind(listener, any, size) && !listen(listener, 1) &&
                   !getsockname(listener, any, &size),
               "listen");
    connection->port = ntohs(address.sin_port);
    connection->client = socket(AF_INET, SOCK_STREAM, 0);
    wrong_need(!connect(connection->client, any, size), "connect");
    connection->server = accept(listener, NULL, NULL);
    wrong_need(connection->server >= 0, "accept");
    close(listener);
}

static void send_once(int fd, const char *body)
{
    wrong_need(send(fd, body, BODY, 0) > 0, "send");
}

static void send_all(int fd, const char *body)
{
    for (ssize_t sent = 0; sent < BODY;) {
        ssize_t count = send(fd, body + sent, (size_t)(BODY - sent), 0);
        wrong_need(count > 0, "send");
        sent += count;
    }
}

/* How many bytes of the body never reach the server, when the kernel takes no
 * more than a hundred at a time? */
static long missing(void (*post)(int fd, const char *body))
{
    struct connection connection;
    struct scripted_rule rule = {
        .call = SCRIPTED_SEND, .every = 1, .limit = AT_MOST};
    char body[BODY] = {0}, arrived[BODY];
    open_connection(&connection);
    scripted_begin(connection.port, &rule, 1);
    post(connection.client, body);
    scripted_end();
    close(connection.client);
    long left = BODY;
    ssize_t count;
    while ((count = recv(connection.server, arrived, sizeof arrived, 0)) > 0)
        left -= count;
    close(connection.server);
    return left;
}

static long make(void)
{
    return missing(send_once);
}

static long mend(void)
{
    return missing(send_all);
}

int main(void)
{
    static const struct wrong partial_write = {
        .mistake = "send() returned no error, so everything was sent",
        .damage = "bytes of 1000 that never arrived",
        .make = make,
        .mend = mend,
        .why = "send() takes what fits into the kernel's buffer, and says how "
               "much that was. On this machine all of a page fits; over a slow "
               "line, or with a large body, it does not.",
        .instead = "look at what it returned, and send the rest: in a loop, or "
                   "when the socket is writable again. Loopback never shows "
                   "it, so the tests let send() take one byte at a time.",
    };
    return wrong_show(&partial_write);
}
