/* SPDX-License-Identifier: MIT */
/* From step to step, and from lesson to lesson, with a learner's work in them:
 * X1 is E0's loop here, so that it has steps, and Y2 the lesson behind it. */
#include "tool.h"

#include <gtest/gtest.h>

namespace
{

class Steps : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (tool.shell("unifdef --version; git --version").says("not found"))
            GTEST_SKIP() << "unifdef or git is missing";
        tool.shell("mv lessons/X1 lessons/Y2 && "
                   "sed -i s/X1/Y2/ lessons/Y2/*.* && "
                   "cp -r " LESSONS_FOLDER "/E0 lessons/X1 && "
                   "sed -i s/E0/X1/ lessons/X1/lesson.json && "
                   "ln -sf " LESSONS_FOLDER "/E0/check.cc lessons/X1");
        tool.run("start X1");
    }

    /* The learner has written this step, and says so. */
    void solve(int step)
    {
        std::string number = std::to_string(step);
        tool.shell("unifdef -x2 -DSTEP=" + number + " -DSOLVED=" + number +
                   " lessons/X1/loop.c >work/X1/loop.c && "
                   "sed -i '1i/* mine */' work/X1/loop.c");
    }

    std::string file()
    {
        return tool.read("work/X1/loop.c");
    }

    bool is_mine()
    {
        return file().find("/* mine */") == 0;
    }

    /* Is the heading of this step in the file? */
    bool has_step(int step)
    {
        return file().find("---- step " + std::to_string(step)) !=
               std::string::npos;
    }

    bool stands_at(const std::string &step)
    {
        return tool.read("work/state").find("at " + step + "\n") == 0;
    }

    Tool tool;
};

} // namespace

TEST_F(Steps, StartGoesOnWithTheWorkThatIsThere)
{
    solve(1);
    std::string before = file();
    for (const char *words : {"start X1", "start X1.1"}) {
        Ran ran = tool.run(words);
        EXPECT_EQ(ran.status, 0) << ran.text;
        EXPECT_TRUE(ran.says("Your work goes on.")) << ran.text;
        EXPECT_EQ(file(), before);
    }
    tool.run("start Y2");
    EXPECT_TRUE(stands_at("Y2 1"));
    tool.run("start X1");
    EXPECT_TRUE(stands_at("X1 1"));
    EXPECT_EQ(file(), before);
}

TEST_F(Steps, StartElsewhereInALessonWithWorkSaysHow)
{
    solve(1);
    std::string before = file();
    Ran ran = tool.run("start X1.3");
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("work of yours at step 1, in work/X1/loop.c\n"
                         "  ./lab start X1      goes on with it\n"
                         "  ./lab reset X1.3    begins step 3, with ours"))
        << ran.text;
    EXPECT_EQ(file(), before);
}

TEST_F(Steps, StartElsewhereWithoutWorkBeginsThere)
{
    Ran ran = tool.run("start X1.3");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(stands_at("X1 3"));
    EXPECT_TRUE(has_step(3));
    EXPECT_EQ(tool.shell("ls work/X1").text, "loop.c\n");
}

TEST_F(Steps, NextLooksFirst)
{
    Ran ran = tool.run("next");
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("Not written yet: ")) << ran.text;
    EXPECT_TRUE(ran.says("X1.1 has not passed yet.\nTo go on from our solution "
                         "instead: ./lab reset X1.2\n"))
        << ran.text;
    solve(1);
    ran = tool.run("next");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_EQ(ran.text.find("Passed"), std::string::npos) << ran.text;
    EXPECT_TRUE(has_step(2));
    EXPECT_TRUE(is_mine());
    EXPECT_NE(tool.read("work/state").find("passed X1 1\n"), std::string::npos);
    /* It has passed once, and does not any more. */
    solve(1);
    tool.replace("work/X1/loop.c", "#include", "#inlude");
    ran = tool.run("next");
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("It does not compile")) << ran.text;
}

/* An editor still had what was there before `next`, and has saved that. */
TEST_F(Steps, NextBringsAgainWhatAnEditorHasUndone)
{
    solve(1);
    std::string before = file();
    tool.run("next");
    std::string brought = file();
    tool.write("work/X1/loop.c", before);
    Ran ran = tool.run("check");
    EXPECT_TRUE(
        ran.says("Your file is at step 1, and so that is what is "
                 "checked.\nWhat step 2 brings is not in it: ./lab next "
                 "brings it.\n"))
        << ran.text;
    EXPECT_EQ(tool.run("next").status, 0);
    EXPECT_EQ(file(), brought);
    EXPECT_TRUE(stands_at("X1 2"));
}

TEST_F(Steps, AFileWithoutTheHeadingsIsWhereTheFunctionsAre)
{
    solve(1);
    tool.run("next");
    solve(2);
    tool.shell("sed -i 's,---- step,---- part,' work/X1/loop.c");
    Ran ran = tool.run("check");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("X1.2  ")) << ran.text;
}

TEST_F(Steps, NextGoesOnIntoTheNextLesson)
{
    solve(5);
    Ran ran = tool.run("next");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("X1 is finished. The next one is Y2, ")) << ran.text;
    EXPECT_TRUE(ran.says("lessons/Y2/README.md, step 1")) << ran.text;
    EXPECT_TRUE(stands_at("Y2 1"));
}

TEST_F(Steps, ResetKeepsTheLearnersStepsBefore)
{
    solve(1);
    tool.run("next");
    std::string begun = file();
    tool.shell("sed -i '$a/* half of step 2 */' work/X1/loop.c");
    Ran ran = tool.run("reset --yes");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_EQ(file(), begun);
    EXPECT_TRUE(is_mine());
    EXPECT_TRUE(ran.says("What you had is kept in work/X1/aside/")) << ran.text;
}

TEST_F(Steps, ResetAsks)
{
    solve(1);
    std::string before = file();
    const std::string learn =
        LEARN_PROGRAM " --build " LEARN_BUILD " --lessons lessons ";
    Ran ran = tool.shell("echo no | " + learn + "reset 3");
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("Begin X1.3 anew with ours of the steps before?"))
        << ran.text;
    EXPECT_TRUE(ran.says("Nothing has changed.")) << ran.text;
    EXPECT_EQ(file(), before);
    EXPECT_EQ(tool.shell(learn + "reset 3 </dev/null").status, 1);
    EXPECT_EQ(file(), before);
    EXPECT_EQ(tool.shell("echo yes | " + learn + "reset 3").status, 0);
    EXPECT_TRUE(has_step(3));
    EXPECT_FALSE(is_mine());
}

TEST_F(Steps, RestoreBringsBackWhatWasSetAside)
{
    solve(2);
    std::string before = file();
    tool.run("reset 1 --yes");
    std::string anew = file();
    EXPECT_TRUE(stands_at("X1 1"));
    Ran ran = tool.run("restore");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("work/X1/aside/1-loop.c is back.")) << ran.text;
    EXPECT_EQ(file(), before);
    EXPECT_TRUE(stands_at("X1 2"));
    /* And back again; no copy is made twice. */
    EXPECT_EQ(tool.run("restore").status, 0);
    EXPECT_EQ(file(), anew);
    EXPECT_EQ(tool.run("restore 1").status, 0);
    EXPECT_EQ(file(), before);
    EXPECT_EQ(tool.shell("ls work/X1/aside").text, "1-loop.c\n2-loop.c\n");
}

TEST_F(Steps, RestoreWithNothingAsideSaysSo)
{
    Ran ran = tool.run("restore");
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("nothing that differs from it is set aside"))
        << ran.text;
    EXPECT_EQ(tool.run("restore x").status, 2);
}

/* A link that leads to itself stands for whatever keeps a file from being
 * read: it does so for every user, and would be replaced as a file is. */
TEST_F(Steps, AFileThatCannotBeReadIsNotOneThatIsGone)
{
    tool.shell("ln -sf loop.c work/X1/loop.c");
    for (const char *words :
         {"start X1", "start X1.3", "reset --yes", "reset 3 --yes", "restore",
          "check", "next", "next --checked"}) {
        Ran ran = tool.run(words);
        EXPECT_EQ(ran.status, 1) << words;
        EXPECT_TRUE(ran.says("lab: work/X1/loop.c: Too many levels"))
            << words << ": " << ran.text;
        EXPECT_EQ(tool.shell("readlink work/X1/loop.c").text, "loop.c\n")
            << words;
    }
}

TEST_F(Steps, WhatAStepBeganWithIsNotGoneWhereItCannotBeRead)
{
    solve(1);
    tool.run("next");
    std::string begun = file();
    tool.shell("ln -sf 2-loop.c work/X1/begun/2-loop.c");
    Ran ran = tool.run("reset --yes");
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("lab: work/X1/begun/2-loop.c: Too many levels"))
        << ran.text;
    ran = tool.run("start X1");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_EQ(file(), begun);
    ran = tool.run("reset 1 --yes");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_EQ(tool.read("work/X1/aside/2-loop.c"), begun)
        << "it may be work, and so is kept: " << ran.text;
}

TEST_F(Steps, ACopyThatCannotBeReadIsNotPassedOver)
{
    solve(1);
    tool.run("reset --yes");
    solve(2);
    tool.run("reset --yes");
    std::string before = file();
    tool.shell("ln -sf 2-loop.c work/X1/aside/2-loop.c");
    for (const char *words : {"restore", "restore 2"}) {
        Ran ran = tool.run(words);
        EXPECT_EQ(ran.status, 1) << words;
        EXPECT_TRUE(ran.says("work/X1/aside/2-loop.c: Too many levels"))
            << words << ": " << ran.text;
        EXPECT_EQ(file(), before);
    }
    EXPECT_EQ(tool.run("restore 1").status, 0);
}

TEST_F(Steps, AFileThatIsGoneBeginsAnewByStart)
{
    solve(1);
    tool.run("next");
    std::string begun = file();
    tool.shell("rm work/X1/loop.c");
    EXPECT_EQ(tool.run("start X1").status, 0);
    EXPECT_EQ(file(), begun);
}

TEST_F(Steps, AStepWithoutAQuestionSaysSoBothWays)
{
    ASSERT_TRUE(
        tool.replace("lessons/X1/lesson.json", "\"question\"", "\"asked\""));
    for (const char *words : {"predict", "predict --reveal"}) {
        Ran ran = tool.run(words);
        EXPECT_EQ(ran.status, 0);
        EXPECT_EQ(ran.text, "This step has no question.\n");
    }
}

TEST_F(Steps, ListTakesNoOtherWords)
{
    EXPECT_EQ(tool.run("list --json").status, 2);
    EXPECT_EQ(tool.run("list --short").status, 0);
}
