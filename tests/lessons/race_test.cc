/* SPDX-License-Identifier: MIT */
/* What a learner has written, as a contestant. */
#include "tool.h"

#include <gtest/gtest.h>

namespace
{

const char quickly[] = "race X1 --rounds 1 --no-chart --delay 0 -n 20";

class RaceMine : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (tool.shell("unifdef --version; git --version").says("not found"))
            GTEST_SKIP() << "unifdef or git is missing";
        tool.solve();
    }

    Tool tool;
};

} // namespace

TEST_F(RaceMine, TakesPartBesideTheModelsThatTheLessonNamesThoughItPrints)
{
    tool.replace("work/X1/pages.c", "#include \"pages.h\"",
                 "#include \"pages.h\"\n#include <stdio.h>");
    tool.replace("work/X1/pages.c", "    while (",
                 "    printf(\"here\\n\");\n    while (");
    Ran ran = tool.run(quickly);
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("and takes time:\n  work/X1/pages.c:")) << ran.text;
    EXPECT_FALSE(ran.says("failed")) << ran.text;
    EXPECT_TRUE(ran.says("\nmine ")) << ran.text;
    EXPECT_TRUE(ran.says("\nsequential ")) << ran.text;
    EXPECT_FALSE(ran.says("\nthreads ")) << ran.text;
    EXPECT_TRUE(ran.says("own: 20 pages")) << ran.text;
}

TEST_F(RaceMine, WhatIsAskedForWinsOverTheLesson)
{
    Ran ran = tool.run(std::string(quickly) + " --models threads -c 2");
    EXPECT_TRUE(ran.says("20 pages, 2 in flight")) << ran.text;
    EXPECT_TRUE(ran.says("\nmine ")) << ran.text;
    EXPECT_TRUE(ran.says("\nthreads ")) << ran.text;
    EXPECT_FALSE(ran.says("\nsequential ")) << ran.text;
}

TEST_F(RaceMine, IsRacedAsTheLessonSaysWhenNothingIsAskedFor)
{
    Ran ran = tool.run("race X1 --rounds 1 --no-chart");
    EXPECT_TRUE(ran.says("own: 20 pages, 1 in flight, 20 ms")) << ran.text;
}

TEST_F(RaceMine, ResultsAreWhereTheCommandWasGiven)
{
    tool.shell("mkdir here && cd here && " LEARN_PROGRAM
               " --root .. --build " LEARN_BUILD " --lessons ../lessons " +
               std::string(quickly));
    EXPECT_TRUE(file_exists("%s", tool.path("here/results").c_str()));
}

TEST_F(RaceMine, FetchesAsWell)
{
    Ran ran = tool.run("fetch X1 http://127.0.0.1:1/");
    EXPECT_EQ(ran.status, 4) << ran.text;
    EXPECT_TRUE(ran.says("nothing listens there")) << ran.text;
}

TEST_F(RaceMine, IsDrawnAsWell)
{
    Ran ran = tool.run("timeline X1 -n 2 --delay 0 --out drawn");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says(" ms, pages: 2, workers: 1\n")) << ran.text;
}

TEST_F(RaceMine, AHoleIsNamedWithItsStepAndNotRaced)
{
    tool.run("reset X1 --yes");
    Ran ran = tool.run(quickly);
    EXPECT_EQ(ran.status, 2);
    EXPECT_TRUE(ran.says("fetch_pages is not written yet (step 1, pages.c:"))
        << ran.text;
}

TEST_F(RaceMine, AHoleThatIsReachedEndsTheRun)
{
    ASSERT_TRUE(tool.replace("lessons/X1/lesson.json", "\"spine\": true",
                             "\"spine\": false"));
    tool.run("reset X1 --yes");
    Ran ran = tool.run(quickly);
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("fetch_pages is not written yet: pages.c:"))
        << ran.text;
}

TEST_F(RaceMine, NothingIsRacedBeforeItBegins)
{
    tool.shell("rm work/X1/pages.c");
    Ran ran = tool.run(quickly);
    EXPECT_EQ(ran.status, 2);
    EXPECT_TRUE(ran.says("It begins with: ./lab start X1")) << ran.text;
}

TEST_F(RaceMine, WhatDoesNotCompileIsToldAsACheckTellsIt)
{
    ASSERT_TRUE(tool.replace("work/X1/pages.c", "batch_next(", "batch_next"));
    Ran ran = tool.run(quickly);
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(ran.text.find("It does not compile\n\n    pages.c:"), 0u)
        << ran.text;
}

TEST_F(RaceMine, AFunctionOfTheLabDoesNotStandInForOneThatIsMissing)
{
    ASSERT_TRUE(tool.replace("lessons/X1/lesson.json", "[\"fetch_pages\"",
                             "[\"fetch_pages\", \"blocking_fetch\""));
    Ran ran = tool.run(quickly);
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("Your pages.c has no blocking_fetch yet (step 1)."))
        << ran.text;
}

TEST_F(RaceMine, ItsNamesMayBeThoseOfTheLab)
{
    tool.write("work/X1/pages.c",
               tool.read("work/X1/pages.c") +
                   "\nvoid loop_stop(void);\nvoid loop_stop(void)\n{\n}\n"
                   "int fork_run(void);\nint fork_run(void)\n{\n"
                   "    return 0;\n}\n");
    Ran ran = tool.run(std::string(quickly) + " --models callbacks");
    EXPECT_EQ(ran.status, 0) << ran.text;
}
