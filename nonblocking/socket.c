/* SPDX-License-Identifier: MIT */
#include "nonblocking/socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

int socket_open(const struct address *address)
{
    int fd = socket(address->socket.any.sa_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    /* Without it the socket is only slower, so an error is ignored. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

int socket_start_connect(const struct address *address)
{
    int fd = socket_open(address);
    if (fd < 0)
        return fd;
    /* An interrupted connect goes on by itself, like any other (POSIX). */
    if (connect(fd, &address->socket.any, address->size) == 0 ||
        errno == EINPROGRESS || errno == EINTR)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

int socket_connect_result(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

/* As many connections as may come at once in a race. */
enum { BACKLOG = 8192 };

/* Accepted sockets inherit the options, which saves a call for each
 * connection. */
int socket_listen(const struct address *address)
{
    int fd = socket_open(address);
    if (fd < 0)
        return fd;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (!bind(fd, &address->socket.any, address->size) && !listen(fd, BACKLOG))
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

int socket_accept(int fd)
{
    for (;;) {
        int accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0)
            return accepted;
        if (errno != EINTR)
            return -errno;
    }
}

int socket_address(int fd, struct address *address)
{
    address->size = sizeof address->socket;
    return getsockname(fd, &address->socket.any, &address->size) ? -errno : 0;
}

ssize_t socket_send(int fd, struct slice bytes)
{
    for (;;) {
        ssize_t count = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (count >= 0)
            return count;
        if (errno != EINTR)
            return -errno;
    }
}

ssize_t socket_receive(int fd, void *data, size_t size)
{
    for (;;) {
        ssize_t count = recv(fd, data, size, 0);
        if (count >= 0)
            return count;
        if (errno != EINTR)
            return -errno;
    }
}
