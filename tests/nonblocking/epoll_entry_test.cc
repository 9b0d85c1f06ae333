/* SPDX-License-Identifier: MIT */
#include "nonblocking/epoll_entry.h"

#include <gtest/gtest.h>

#include <cstdint>

TEST(EpollEntry, IsReadAsTheKernelShowsIt)
{
    struct epoll_entry entry;
    ASSERT_TRUE(epoll_entry_read(
        &entry, "tfd:        7 events:       19 data:     55d0c2a4e2a0  pos:0 "
                "ino:1a sdev:b\n"));
    EXPECT_EQ(entry.fd, 7);
    EXPECT_EQ(entry.events, 0x19u);
    EXPECT_EQ(entry.data, 0x55d0c2a4e2a0u);
}

TEST(EpollEntry, IsNoneIfItIsAnotherLineOrDoesNotFit)
{
    struct epoll_entry entry;
    for (const char *line :
         {"", "pos:\t0\n", "tfd: 7 events: 19\n", "tfd: 7 events: 19 data:\n",
          "tfd: 99999999999 events: 19 data: 0\n",
          "tfd: 7 events: 100000000 data: 0\n",
          "tfd: 7 events: 19 data: 10000000000000000\n"})
        EXPECT_FALSE(epoll_entry_read(&entry, line)) << line;
}
