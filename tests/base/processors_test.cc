/* SPDX-License-Identifier: MIT */
#include "base/processors.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <sched.h>
#include <thread>

namespace
{

cpu_set_t allowed()
{
    cpu_set_t set;
    EXPECT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
    return set;
}

} // namespace

TEST(Processors, AreThoseThatTheThreadMayRunOn)
{
    cpu_set_t all = allowed();
    size_t count = static_cast<size_t>(CPU_COUNT(&all));
    EXPECT_EQ(processors_allowed(), count);
    for (size_t place = 0; place < count; place++) {
        int processor = processors_from_last(place);
        ASSERT_GE(processor, 0);
        EXPECT_TRUE(CPU_ISSET(static_cast<size_t>(processor), &all));
        if (place) {
            EXPECT_LT(processor, processors_from_last(place - 1));
        }
    }
    EXPECT_EQ(processors_from_last(count), -1);
}

/* The first one is allowed, the others, which are online, are not. */
TEST(Processors, ThatAreOnlineButNotAllowedDoNotCount)
{
    int first = processors_from_last(processors_allowed() - 1);
    std::thread confined([&] {
        EXPECT_EQ(processors_pin(0, first), 0);
        EXPECT_EQ(processors_allowed(), 1u);
        EXPECT_EQ(processors_from_last(0), first);
        EXPECT_EQ(processors_from_last(1), -1);
        /* What it lets go may go where it may go itself. */
        EXPECT_EQ(processors_pin(0, -1), 0);
        EXPECT_EQ(processors_allowed(), 1u);
    });
    confined.join();
}

TEST(Processors, ARefusedPinIsReported)
{
    EXPECT_EQ(processors_pin(0, CPU_SETSIZE - 1), -EINVAL);
    EXPECT_EQ(processors_pin(0x7FFFFFFF, processors_from_last(0)), -ESRCH);
}
