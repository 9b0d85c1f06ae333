/* SPDX-License-Identifier: MIT */
#include "harness/race/system_file.h"

#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>

TEST(SystemFile, IsATextAsLongAsThereIsRoom)
{
    char text[64];
    memset(text, 'x', sizeof text);
    ASSERT_GT(system_file_read("/proc/self/comm", text, sizeof text), 0);
    EXPECT_STREQ(text, "harness_test\n");
    EXPECT_EQ(system_file_read("/proc/self/comm", text, 5), 4);
    EXPECT_STREQ(text, "harn");
}

TEST(SystemFile, ThatIsNotThereIsEmpty)
{
    char text[] = "before";
    EXPECT_EQ(system_file_read("/proc/self/nothing", text, sizeof text),
              -ENOENT);
    EXPECT_STREQ(text, "");
    strcpy(text, "before");
    EXPECT_EQ(system_file_read("/proc/self", text, sizeof text), -EISDIR);
    EXPECT_STREQ(text, "");
}
