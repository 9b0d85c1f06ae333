/* SPDX-License-Identifier: MIT */
/* A lesson whose learner writes a core anew: lesson.json says which core, and
 * which contestant uses it. */
#include "tool.h"

#include <gtest/gtest.h>

namespace
{

/* X1 with the loop in the place of its pages. */
class Core : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (tool.shell("unifdef --version; git --version").says("not found"))
            GTEST_SKIP() << "unifdef or git is missing";
        tool.shell("rm -r lessons/X1; cp -r " LESSONS_FOLDER "/E0 lessons/X1; "
                   "sed -i s/E0/X1/ lessons/X1/lesson.json; "
                   "mkdir -p work/X1; "
                   "unifdef -x2 -DSTEP=5 -DSOLVED=5 lessons/X1/loop.c "
                   ">work/X1/loop.c");
    }

    void say(const std::string &core)
    {
        ASSERT_TRUE(tool.replace(
            "lessons/X1/lesson.json",
            R"({"object": "loop_core", "contestant": "callbacks"})", core));
    }

    std::string refusal()
    {
        Ran ran = tool.run("list");
        EXPECT_EQ(ran.status, 1) << ran.text;
        return ran.text.substr(ran.text.find("json: ") + 6);
    }

    Tool tool;
};

const char quickly[] = "race X1 --rounds 1 --no-chart --delay 0 -c 2 -n 20 ";

} // namespace

TEST_F(Core, ItsContestantIsRacedOnBoth)
{
    Ran ran = tool.run(quickly);
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("\ncallbacks ")) << ran.text;
    EXPECT_TRUE(ran.says("\nmine ")) << ran.text;
}

TEST_F(Core, WhichContestantIsForTheLessonToSay)
{
    say(R"({"object": "loop_core", "contestant": "epoll"})");
    ASSERT_TRUE(tool.replace("lessons/X1/lesson.json",
                             R"("beside": "callbacks", )", ""));
    Ran ran = tool.run(quickly);
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("\nepoll ")) << ran.text;
    EXPECT_TRUE(ran.says("\nmine ")) << ran.text;
    EXPECT_FALSE(ran.says("\ncallbacks ")) << ran.text;
}

TEST_F(Core, ItsContestantFetches)
{
    Ran ran = tool.run("fetch X1 --json http://127.0.0.1:1/");
    EXPECT_TRUE(ran.says(R"("model":"callbacks")")) << ran.text;
    say(R"({"object": "loop_core", "contestant": "epoll"})");
    ran = tool.run("fetch X1 --json http://127.0.0.1:1/");
    EXPECT_TRUE(ran.says(R"("model":"epoll")")) << ran.text;
}

TEST_F(Core, WithoutOneOfItsTwoNamesIsRefused)
{
    say(R"({"object": "loop_core"})");
    EXPECT_EQ(refusal(), "its core needs an object and a contestant\n");
}

TEST_F(Core, OfAContestantThatIsNotThereIsRefused)
{
    say(R"({"object": "loop_core", "contestant": "nosuch"})");
    EXPECT_EQ(refusal(),
              "the contestant of its core is not a model of this lab\n");
}

TEST_F(Core, BesideAModelIsRefused)
{
    say(R"({"object": "loop_core", "contestant": "callbacks"}, "model": "m.c")");
    EXPECT_EQ(refusal(),
              "it replaces a core or offers a model, and cannot do both\n");
}

TEST_F(Core, ThatTheLabDoesNotHaveIsNotProven)
{
    say(R"({"object": "nosuch_core", "contestant": "callbacks"})");
    Ran ran = tool.run("lesson check --sanitizer address X1");
    EXPECT_EQ(ran.status, 1) << ran.text;
    EXPECT_TRUE(ran.says("  X1 there is no core nosuch_core to be replaced\n"))
        << ran.text;
}

TEST_F(Core, NorIsOneOfSeveral)
{
    say(R"({"object": ["loop_core", "nosuch_core"], "contestant": "epoll"})");
    Ran ran = tool.run("lesson check --sanitizer address X1");
    EXPECT_EQ(ran.status, 1) << ran.text;
    EXPECT_TRUE(ran.says("  X1 there is no core nosuch_core to be replaced\n"))
        << ran.text;
}
