/* SPDX-License-Identifier: MIT */
#include "http/kept_connection.h"

#include <errno.h>
#include <sys/socket.h>

/* An interruption says nothing about the socket, but cannot happen where
 * nothing waits: then a new connection does no harm. */
bool kept_connection_is_silent(const struct kept_connection *kept, int fd,
                               nanos now)
{
    char byte;
    if (now - kept->rests_since < KEPT_AT_ONCE)
        return true;
    return recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           errno == EAGAIN;
}
