/* SPDX-License-Identifier: MIT */
extern "C" {
#include "harness/system_call.h"
}

#include <gtest/gtest.h>

#include <sys/syscall.h>

TEST(SystemCall, HasTheNameThatTheKernelGivesIt)
{
    EXPECT_STREQ(system_call_word(SYS_sched_yield), "sched_yield");
    EXPECT_STREQ(system_call_word(SYS_exit_group), "exit_group");
    EXPECT_STREQ(system_call_word(SYS_accept4), "accept4");
    EXPECT_EQ(system_call_word(-1), nullptr);
}
