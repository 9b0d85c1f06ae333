/* SPDX-License-Identifier: MIT */
/* A lesson about threads is checked a second time, in another build. Here that
 * is the same build once more, or none. */
#include "tool.h"

#include <gtest/gtest.h>

namespace
{

class Threads : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (tool.shell("unifdef --version; git --version").says("not found"))
            GTEST_SKIP() << "unifdef or git is missing";
        ASSERT_TRUE(tool.replace("lessons/X1/lesson.json", "\"given\": [],",
                                 "\"sanitizers\": [\"address\", \"thread\"],"));
    }

    const std::string twice = "--threads " LEARN_BUILD " ";
    const std::string none = "--threads /there/is/no/such/build ";
    Tool tool;
};

} // namespace

TEST_F(Threads, WhatPassesIsCheckedOnceMoreInTheOtherBuild)
{
    tool.solve();
    Ran ran = tool.run(twice + "check");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.says("Passed")) << ran.text;
    EXPECT_FALSE(ran.says("half"));
    EXPECT_EQ(tool.shell("ls work/.check/threads/check").status, 0);
}

TEST_F(Threads, WithoutTheOtherBuildItPassesAndSaysThatThisIsHalf)
{
    tool.solve();
    Ran ran = tool.run(none + "check");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.says("Passed")) << ran.text;
    EXPECT_TRUE(ran.says("That was half of it")) << ran.text;
}

TEST_F(Threads, WhatDoesNotPassIsNotCheckedTwice)
{
    tool.run("start X1");
    Ran ran = tool.run(twice + "check");
    EXPECT_TRUE(ran.says("Not written yet")) << ran.text;
    EXPECT_NE(tool.shell("ls work/.check/threads").status, 0);
}

TEST_F(Threads, TheirProofIsMadeOnceMoreWithSolutionsOnly)
{
    Ran ran = tool.run(twice + "lesson check --sanitizer thread X1");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.says("X1   thread   1 steps   0 starters   1 solutions"))
        << ran.text;
}

TEST_F(Threads, AProofWithoutTheOtherBuildIsNotAFailureUnlessItWasAskedFor)
{
    Ran both = tool.run(none + "lesson check --quick X1");
    EXPECT_EQ(both.status, 0);
    EXPECT_TRUE(both.says("not with the thread sanitizer")) << both.text;
    Ran one = tool.run(none + "lesson check --sanitizer thread X1");
    EXPECT_EQ(one.status, 1) << one.text;
}
