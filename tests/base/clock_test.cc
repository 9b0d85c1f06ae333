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
