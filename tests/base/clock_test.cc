/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <gtest/gtest.h>

TEST(Clock, NeverGoesBack)
{
    nanos before = monotonic_now();
    nanos after = clock_now(&monotonic_clock);
    EXPECT_LE(before, after);
    EXPECT_GT(before, 0);
}

TEST(Nanos, SaturatesInsteadOfOverflowing)
{
    EXPECT_EQ(nanos_after(5, NEVER), NEVER);
    EXPECT_EQ(nanos_after(NEVER - 1, 10), NEVER);
    EXPECT_EQ(nanos_after(NEVER, 10), NEVER);
    EXPECT_EQ(nanos_after(5, 7), 12);
    EXPECT_EQ(nanos_after(5, -7), 5);
    EXPECT_EQ(nanos_until(NEVER, 5), NEVER);
    EXPECT_EQ(nanos_until(7, 5), 2);
    EXPECT_EQ(nanos_until(5, 7), 0);
}
