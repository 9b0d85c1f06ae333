/* SPDX-License-Identifier: MIT */
#include "base/write_all.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <unistd.h>

static std::string read_to_the_end(int fd)
{
    std::string text;
    char bytes[4096];
    for (ssize_t count; (count = read(fd, bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<size_t>(count));
    return text;
}

TEST(WriteAll, WaitsForRoomWhereThePipeDoesNotBlock)
{
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    ASSERT_EQ(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    std::string much(1 << 20, 'x'), seen;
    std::thread reader([&] { seen = read_to_the_end(ends[0]); });
    EXPECT_EQ(write_all(ends[1], {much.data(), much.size()}), 0);
    close(ends[1]);
    reader.join();
    EXPECT_EQ(seen.size(), much.size());
    close(ends[0]);
}

TEST(WriteAll, NamesWhatEndedIt)
{
    auto before = signal(SIGPIPE, SIG_IGN);
    int ends[2], full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    close(ends[0]);
    EXPECT_EQ(write_all(ends[1], slice_of("text")), -EPIPE);
    EXPECT_EQ(write_all(full, slice_of("text")), -ENOSPC);
    EXPECT_EQ(write_all(-1, slice_of("text")), -EBADF);
    EXPECT_EQ(write_all(-1, slice_of("")), 0);
    close(ends[1]);
    close(full);
    signal(SIGPIPE, before);
}
