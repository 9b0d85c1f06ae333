/* SPDX-License-Identifier: MIT */
#include "base/cancel.h"
#include "base/signals.h"
#include "base/wakeup.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

static bool is_readable(int fd)
{
    struct pollfd pollfd = {fd, POLLIN, 0};
    return poll(&pollfd, 1, 0) == 1;
}

TEST(Wakeup, IsReadableFromSetUntilClear)
{
    int fd = wakeup_open();
    ASSERT_GE(fd, 0);
    EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    EXPECT_FALSE(is_readable(fd));
    wakeup_clear(fd); // nothing to clear: it does not wait
    wakeup_set(fd);
    wakeup_set(fd);
    EXPECT_TRUE(is_readable(fd));
    wakeup_clear(fd);
    EXPECT_FALSE(is_readable(fd)) << "one clear takes all of them";
    wakeup_set(fd);
    EXPECT_TRUE(is_readable(fd));
    close(fd);
}

TEST(Wakeup, LeavesErrnoAndDoesNotWaitWhenItIsFull)
{
    int fd = wakeup_open();
    uint64_t most = UINT64_MAX - 1;
    ASSERT_EQ(write(fd, &most, sizeof most), (ssize_t)sizeof most);
    errno = EDOM;
    wakeup_set(fd);
    EXPECT_EQ(errno, EDOM);
    EXPECT_TRUE(is_readable(fd));
    close(fd);
}

TEST(Cancel, StaysReadableOnceRequested)
{
    struct cancel cancel;
    ASSERT_EQ(cancel_init(&cancel), 0);
    EXPECT_FALSE(cancel_requested(&cancel));
    EXPECT_FALSE(cancel_requested(nullptr));
    EXPECT_FALSE(is_readable(cancel.fd));
    cancel_request(&cancel);
    cancel_request(&cancel);
    EXPECT_TRUE(cancel_requested(&cancel));
    EXPECT_TRUE(is_readable(cancel.fd));
    cancel_deinit(&cancel);
    cancel_deinit(&cancel);
}

TEST(Signals, ThoseFromOutsideAreAllButWhatAThreadCausesItself)
{
    sigset_t set;
    sigemptyset(&set);
    signals_from_outside(&set);
    for (int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGCHLD, SIGALRM,
                       SIGPIPE, SIGUSR1, SIGUSR2, SIGRTMIN, SIGRTMAX})
        EXPECT_EQ(sigismember(&set, number), 1) << number;
    for (int number :
         {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF})
        EXPECT_EQ(sigismember(&set, number), 0) << number;
}
