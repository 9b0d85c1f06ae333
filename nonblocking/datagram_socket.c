/* SPDX-License-Identifier: MIT */
#include "nonblocking/datagram_socket.h"

#include <errno.h>
#include <unistd.h>

int datagram_socket_open(const struct address *local,
                         const struct address *remote)
{
    const struct address *either = local ? local : remote;
    int fd = socket(either->socket.any.sa_family,
                    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if ((local && bind(fd, &local->socket.any, local->size)) ||
        (remote && connect(fd, &remote->socket.any, remote->size))) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

int datagram_socket_send(int fd, struct slice data, const struct address *to)
{
    for (;;) {
        ssize_t count = sendto(fd, data.data, data.size, MSG_NOSIGNAL,
                               to ? &to->socket.any : NULL, to ? to->size : 0);
        if (count >= 0)
            return 0;
        if (errno != EINTR)
            return -errno;
    }
}

ssize_t datagram_socket_receive(int fd, void *data, size_t size,
                                struct address *from)
{
    for (;;) {
        from->size = sizeof from->socket;
        ssize_t count =
            recvfrom(fd, data, size, 0, &from->socket.any, &from->size);
        if (count >= 0)
            return count;
        if (errno != EINTR)
            return -errno;
    }
}
