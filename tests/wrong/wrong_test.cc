/* SPDX-License-Identifier: MIT */
/* Each mistake does the damage that it is known for, every time; and the same
 * program without the mistake does none. */
#include "support/shell.h"

#include <gtest/gtest.h>

namespace
{

/* What a program of this folder said, errors included. */
struct Said : Ran {
    long made, mended;
};

long number_after(const std::string &text, const std::string &label)
{
    size_t at = text.find(label);
    return at == std::string::npos ? -1 : atol(&text[at + label.size()]);
}

Said run(const std::string &name)
{
    Ran ran = shell(WRONG_FOLDER "/wrong_" + name);
    return {ran, number_after(ran.text, "made:"),
            number_after(ran.text, "mended:")};
}

TEST(Wrong, ZombiesAreLeftBehindByAParentThatDoesNotWait)
{
    Said said = run("zombie");
    EXPECT_EQ(5, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, UpdatesAreLostWithoutALock)
{
    Said said = run("lost_update");
    EXPECT_EQ(100, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    if (std::string(WRONG_SANITIZER) == "thread") {
        EXPECT_NE(std::string::npos, said.text.find("data race")) << said.text;
        EXPECT_NE(std::string::npos, said.text.find("count_page")) << said.text;
    } else {
        EXPECT_EQ(0, said.status) << said.text;
    }
}

TEST(Wrong, OneTooManyIsInFlightWithIfForWhile)
{
    Said said = run("if_for_while");
    EXPECT_EQ(3, said.made) << said.text;
    EXPECT_EQ(2, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, TheLoopIsBusyWhenItIsNotSaidWhatIsWritable)
{
    Said said = run("busy_loop");
    EXPECT_GE(said.made, 1000) << said.text;
    EXPECT_EQ(2, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, BytesAreMissingAfterAPartialWrite)
{
    Said said = run("partial_write");
    EXPECT_EQ(900, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, HeartbeatsAreMissedWhileAConnectBlocks)
{
    Said said = run("blocking_connect");
    EXPECT_EQ(9, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, AnErrorIsLostInAPyramid)
{
    Said said = run("pyramid");
    EXPECT_EQ(1, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, NothingIsHeardOfAFailureWithoutAnErrback)
{
    Said said = run("lost_errback");
    EXPECT_EQ(1, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, AnErrbackThatReturnsAValueMendsByMistake)
{
    Said said = run("errback_value");
    EXPECT_EQ(10, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, OutcomesAreLostWhenADeferredIsFiredAgain)
{
    Said said = run("fired_twice");
    EXPECT_EQ(3, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, PiecesOfDataAreNotMessages)
{
    Said said = run("data_for_message");
    EXPECT_EQ(3, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, ALocalVariableDoesNotSurviveAYield)
{
    Said said = run("lost_local");
    EXPECT_EQ(3, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, NothingRunsWithoutYieldFrom)
{
    Said said = run("forgotten_yield_from");
    EXPECT_EQ(3, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, WaitsOneAfterAnotherTakeTheirSum)
{
    Said said = run("sequential_awaits");
    EXPECT_EQ(3, said.made) << said.text;
    EXPECT_EQ(1, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, TasksThatAreNotKeptAreCutOff)
{
    Said said = run("unkept_task");
    EXPECT_EQ(3, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, ATaskThatSwallowsItsCancelGoesOn)
{
    Said said = run("swallowed_cancel");
    EXPECT_EQ(7, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

TEST(Wrong, HeartbeatsAreMissedWhileACoroutineSleeps)
{
    Said said = run("blocking_sleep");
    EXPECT_EQ(9, said.made) << said.text;
    EXPECT_EQ(0, said.mended) << said.text;
    EXPECT_EQ(0, said.status) << said.text;
}

/* Without optimisation gcc does so as well as clang. */
TEST(Wrong, TheCompilerWarnsOfALostLocalAndOfAForgottenCoroutine)
{
    Ran ran = shell(
        "for root in " WRONG_ROOTS "/*; do "
        "set -- \"$@\" -I\"$root\"; done; " WRONG_COMPILER
        " -std=c17 -D_GNU_SOURCE -O0 -Wall -c -o /dev/null \"$@\" " WRONG_SOURCE
        "/warned_of.c");
    EXPECT_EQ(0, ran.status) << ran.text;
    size_t lost = ran.text.find("lost_local");
    ASSERT_NE(std::string::npos, lost) << ran.text;
    EXPECT_NE(std::string::npos, ran.text.find("uninitialized", lost))
        << ran.text;
    EXPECT_TRUE(ran.says("-Wunused-result")) << ran.text;
}

} // namespace
