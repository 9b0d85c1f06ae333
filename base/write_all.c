/* SPDX-License-Identifier: MIT */
#include "base/write_all.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* An error of the descriptor ends the wait, too: the next write() names it. */
static void wait_for_room(int fd)
{
    struct pollfd writable = {.fd = fd, .events = POLLOUT};
    poll(&writable, 1, -1);
}

int write_all(int fd, struct slice bytes)
{
    while (bytes.size > 0) {
        ssize_t count = write(fd, bytes.data, bytes.size);
        if (count > 0) {
            bytes.data += count;
            bytes.size -= (size_t)count;
        } else if (count == 0) {
            return -EIO; /* neither written nor refused: no end in sight */
        } else if (errno == EAGAIN) {
            wait_for_room(fd);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}
