/* SPDX-License-Identifier: MIT */
/* The mistakes that ./lab wrong knows. */
#include "tool.h"

#include <gtest/gtest.h>

TEST(WrongCommand, ListsThoseOfTheLessonsEachWithALine)
{
    Tool tool;
    Ran ran = tool.run("wrong");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.says("\nX1  One after another\n  gives-up\n"
                         "      Stops at the first page that fails.\n"))
        << ran.text;
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
