/* SPDX-License-Identifier: MIT */
#include "http/kept_connection.h"

#include <errno.h>
#include <sys/socket.h>

/* Any error but EAGAIN counts as not silent. An EINTR would say nothing about
 * the socket, but this call does not wait, so it should not occur; if it does,
 * a new connection does no harm. */
bool kept_connection_is_silent(const struct kept_connection *kept, int fd,
                               nanos now)
{
    char byte;
    if (now - kept->rests_since < KEPT_AT_ONCE)
        return true;
    return recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           errno == EAGAIN;
}
