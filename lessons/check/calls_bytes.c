/* SPDX-License-Identifier: MIT */
/* Connecting, sending, receiving. All that sends goes through send or write,
 * and all that receives through recv or read, for those may be under a script
 * (support/scripted_sockets.h). A call may always do less than it was asked
 * for: of several pieces of memory the first one will do. */
#include "lessons/check/calls_yours.h"

/* How often in a row a call may find that there is nothing to do now. */
enum { TRIES_MAX = 100 };

static bool is_socket(int fd)
{
    int type;
    socklen_t size = sizeof type;
    int saved = errno;
    bool is = !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
    errno = saved;
    return is;
}

/* Calling a function that does not wait in a loop is a busy wait. */
static ssize_t tried(enum watched_call call, void *place, ssize_t count)
{
    static unsigned tries;
    bool in_vain = count < 0 && errno == EAGAIN;
    unsigned now =
        in_vain ? __atomic_add_fetch(&tries, 1, __ATOMIC_RELAXED) : 0;
    __atomic_store_n(&tries, now, __ATOMIC_RELAXED);
    if (now > TRIES_MAX)
        calls_break(place,
                    "%s has said EAGAIN, not now, %d times in a row, and was "
                    "called again at once: that is a circle, and no waiting.",
                    call_name(call), TRIES_MAX);
    return calls_done(count);
}

/* ---- connect ---- */

static const char *family_name(int family)
{
    return family == AF_INET    ? "AF_INET"
           : family == AF_INET6 ? "AF_INET6"
                                : "another family";
}

int yours_connect(int fd, const struct sockaddr *to, socklen_t size)
{
    int family = AF_UNSPEC;
    socklen_t room = sizeof family;
    if (!calls_begin(CALL_connect, PLACE))
        return -1;
    if (!getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &room) &&
        family != to->sa_family)
        calls_break(PLACE,
                    "connect: the socket is of the family %s, and the address "
                    "is of %s. The address says itself of which it is.",
                    family_name(family), family_name(to->sa_family));
    calls_use(fd);
    calls_wait_for(CALL_connect, PLACE, fd, 0);
    return (int)calls_done(connect(fd, to, size));
}

int yours_getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
    if (!calls_begin(CALL_getsockopt, PLACE))
        return -1;
    calls_use(fd);
    return (int)calls_done(getsockopt(fd, level, name, value, size));
}

int yours_getpeername(int fd, struct sockaddr *peer, socklen_t *size)
{
    if (!calls_begin(CALL_getpeername, PLACE))
        return -1;
    calls_use(fd);
    return (int)calls_done(getpeername(fd, peer, size));
}

/* ---- out ---- */

/* Without the flag, and with the default action of the signal, a peer that is
 * gone ends the program. */
static void expect_no_signal(enum watched_call call, void *place, int fd,
                             int flags)
{
    struct sigaction action;
    if (flags & MSG_NOSIGNAL || !is_socket(fd) ||
        sigaction(SIGPIPE, NULL, &action) || action.sa_handler != SIG_DFL)
        return;
    calls_break(place,
                "%s without MSG_NOSIGNAL: once the peer has closed the "
                "connection, the kernel sends SIGPIPE, which ends the whole "
                "program.",
                call_name(call));
}

static ssize_t send_some(enum watched_call call, void *place, int fd,
                         struct iovec from, int flags)
{
    if (!calls_begin(call, place))
        return -1;
    calls_use(fd);
    expect_no_signal(call, place, fd, flags);
    calls_wait_for(call, place, fd, flags);
    ssize_t count = is_socket(fd) ? send(fd, from.iov_base, from.iov_len, flags)
                                  : write(fd, from.iov_base, from.iov_len);
    return tried(call, place, count);
}

/* The first piece that is not empty; without one, an empty one. */
static struct iovec first_of(const struct iovec *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].iov_len > 0)
            return list[i];
    return (struct iovec){"", 0};
}

ssize_t yours_send(int fd, const void *data, size_t size, int flags)
{
    struct iovec from = {(void *)data, size};
    return send_some(CALL_send, PLACE, fd, from, flags);
}

ssize_t yours_sendto(int fd, const void *data, size_t size, int flags,
                     const struct sockaddr *to, socklen_t to_size)
{
    (void)to; /* a connection knows where it leads */
    (void)to_size;
    struct iovec from = {(void *)data, size};
    return send_some(CALL_sendto, PLACE, fd, from, flags);
}

ssize_t yours_sendmsg(int fd, const struct msghdr *message, int flags)
{
    return send_some(CALL_sendmsg, PLACE, fd,
                     first_of(message->msg_iov, message->msg_iovlen), flags);
}

ssize_t yours_write(int fd, const void *data, size_t size)
{
    struct iovec from = {(void *)data, size};
    return send_some(CALL_write, PLACE, fd, from, 0);
}

ssize_t yours_writev(int fd, const struct iovec *list, int count)
{
    return send_some(CALL_writev, PLACE, fd, first_of(list, (size_t)count), 0);
}

/* ---- in ---- */

static ssize_t receive_some(enum watched_call call, void *place, int fd,
                            struct iovec into, int flags)
{
    if (!calls_begin(call, place))
        return -1;
    if (flags & MSG_WAITALL)
        calls_break(place,
                    "%s with MSG_WAITALL waits until the buffer is full: with "
                    "less than that to come it waits until the server closes.",
                    call_name(call));
    calls_use(fd);
    calls_wait_for(call, place, fd, flags);
    ssize_t count = is_socket(fd) ? recv(fd, into.iov_base, into.iov_len, flags)
                                  : read(fd, into.iov_base, into.iov_len);
    return tried(call, place, count);
}

ssize_t yours_recv(int fd, void *data, size_t size, int flags)
{
    struct iovec into = {data, size};
    return receive_some(CALL_recv, PLACE, fd, into, flags);
}

ssize_t yours_recvfrom(int fd, void *data, size_t size, int flags,
                       struct sockaddr *from, socklen_t *from_size)
{
    struct iovec into = {data, size};
    if (from && from_size)
        *from_size = 0; /* as of any connection */
    return receive_some(CALL_recvfrom, PLACE, fd, into, flags);
}

ssize_t yours_recvmsg(int fd, struct msghdr *message, int flags)
{
    message->msg_namelen = 0;
    message->msg_controllen = 0;
    message->msg_flags = 0;
    return receive_some(CALL_recvmsg, PLACE, fd,
                        first_of(message->msg_iov, message->msg_iovlen), flags);
}

ssize_t yours_read(int fd, void *data, size_t size)
{
    struct iovec into = {data, size};
    return receive_some(CALL_read, PLACE, fd, into, 0);
}

ssize_t yours_readv(int fd, const struct iovec *list, int count)
{
    return receive_some(CALL_readv, PLACE, fd, first_of(list, (size_t)count),
                        0);
}
