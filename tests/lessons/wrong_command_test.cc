/* SPDX-License-Identifier: MIT */
/* The mistakes that ./lab wrong knows. */
#include "tool.h"

#include <gtest/gtest.h>

namespace
{

Ran from_the_lab(Tool &tool, const std::string &words)
{
    return tool.shell(LEARN_PROGRAM " --root " LESSONS_FOLDER
                                    "/.. --build " LEARN_BUILD
                                    " --lessons lessons wrong " +
                      words);
}

} // namespace

TEST(WrongCommand, ListsThoseOfLessonsAndTheLabsOwnEachWithALine)
{
    Tool tool;
    Ran ran = from_the_lab(tool, "");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.says("\nX1  One after another\n  gives-up\n"
                         "      Stops at the first page that fails.\n"))
        << ran.text;
    EXPECT_TRUE(ran.says("\nThe lab's own\n")) << ran.text;
    EXPECT_TRUE(
        ran.says("  zombie\n      Processes: a child that is not waited "
                 "for.\n"))
        << ran.text;
    EXPECT_FALSE(ran.says("  wrong\n")) << ran.text;
}

TEST(WrongCommand, RunsOneOfTheLabsOwn)
{
    Tool tool;
    Ran ran = from_the_lab(tool, "zombie");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.says("made:")) << ran.text;
}

TEST(WrongCommand, RunsOneOfALesson)
{
    Tool tool;
    EXPECT_TRUE(tool.run("wrong gives-up").says("7 were given up"));
}

TEST(WrongCommand, SaysWhenThereIsNoneOfThatName)
{
    Tool tool;
    for (const char *name : {"nothing", "../wrong/gives-up", "''"}) {
        Ran ran = tool.run(std::string("wrong ") + name);
        EXPECT_EQ(ran.status, 2) << name;
        EXPECT_TRUE(ran.says("no mistake is called")) << ran.text;
    }
}
