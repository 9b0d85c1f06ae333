/* SPDX-License-Identifier: MIT */
/* A socket that does not block connects to a port of this machine on which no
 * server listens. */
#include "http/address.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Takes a port and does not listen on it, so that none does. */
static int bind_closed_port(struct address *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!address_from_literal(address, "127.0.0.1", 0) || fd < 0 ||
        bind(fd, &address->socket.any, address->size) ||
        getsockname(fd, &address->socket.any, &address->size))
        return -1;
    return fd;
}

static const char *name(int error)
{
    return error ? strerrorname_np(error) : "0";
}

int main(void)
{
    struct address nobody;
    int closed = bind_closed_port(&nobody);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (closed < 0 || fd < 0)
        return 1;
    int answer = connect(fd, &nobody.socket.any, nobody.size);
    printf("connect returns    %d, errno is %s\n", answer, name(errno));
    struct pollfd one = {.fd = fd, .events = POLLOUT};
    poll(&one, 1, 1000);
    printf("then poll says     %s%s%s\n",
           one.revents & POLLOUT ? "POLLOUT" : "",
           one.revents & POLLERR ? " POLLERR" : "",
           one.revents & POLLHUP ? " POLLHUP" : "");
    int error = 0;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error});
    printf("and SO_ERROR is    %s\n", name(error));
    close(fd);
    close(closed);
    return 0;
}
