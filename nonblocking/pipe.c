/* SPDX-License-Identifier: MIT */
#include "nonblocking/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static ssize_t write_now(int fd, struct slice bytes)
{
    for (;;) {
        ssize_t count = write(fd, bytes.data, bytes.size);
        if (count >= 0)
            return count;
        if (errno != EINTR)
            return -errno;
    }
}

static bool is_pending(int number)
{
    sigset_t pending;
    return !sigpending(&pending) && sigismember(&pending, number) == 1;
}

/* A pipe has no MSG_NOSIGNAL. But SIGPIPE goes to the thread that has written,
 * so that thread blocks it, and takes it off the queue if this write has caused
 * it. */
ssize_t pipe_write(int fd, struct slice bytes)
{
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    bool had_one = is_pending(SIGPIPE);
    ssize_t count = write_now(fd, bytes);
    if (count == -EPIPE && !had_one)
        while (sigtimedwait(&set, NULL, &(struct timespec){0}) < 0 &&
               errno == EINTR)
            continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return count;
}

ssize_t pipe_read(int fd, void *data, size_t size)
{
    for (;;) {
        ssize_t count = read(fd, data, size);
        if (count >= 0)
            return count;
        if (errno != EINTR)
            return -errno;
    }
}

int pipe_set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -errno;
    return 0;
}
