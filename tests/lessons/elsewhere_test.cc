/* SPDX-License-Identifier: MIT */
/* New lessons, and lessons that lie elsewhere. */
#include "tool.h"

#include "base/text.h"

#include <gtest/gtest.h>

#include <cjson/cJSON.h>
#include <string>

namespace
{

const char from_the_lab[] = LEARN_PROGRAM
    " --root " LESSONS_FOLDER "/.. --build " LEARN_BUILD " --lessons lessons ";

class Elsewhere : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (tool.shell("unifdef --version; git --version").says("not found"))
            GTEST_SKIP() << "unifdef or git is missing";
    }

    Ran make(const std::string &name)
    {
        return tool.shell(from_the_lab + ("lesson new " + name));
    }

    Tool tool;
};

} // namespace

TEST_F(Elsewhere, ANewLessonIsTheOneToBeginWithUnderItsOwnName)
{
    Ran ran = make("Y2");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("lessons/Y2 is a lesson of one step that works."))
        << ran.text;
    tool.shell("ln -sf " LESSONS_FOLDER "/tool/author/new/check.cc lessons/Y2");
    EXPECT_EQ(tool.shell("grep -r NAME lessons/Y2").text, "");
    Ran proof = tool.run("lesson check --sanitizer address Y2");
    EXPECT_EQ(proof.status, 0) << proof.text;
    EXPECT_EQ(proof.text.find("Y2   address  1 steps"), 0u) << proof.text;
    EXPECT_TRUE(tool.run("list").says("Y2.1  every page"));
}

TEST_F(Elsewhere, ANewLessonMayBeTheFirstInItsFolder)
{
    tool.shell("mv lessons old");
    EXPECT_EQ(make("Y2").status, 0);
    EXPECT_TRUE(tool.run("list").says("Y2.1  every page"));
}

TEST_F(Elsewhere, WhatIsThereIsNotOverwritten)
{
    Ran ran = make("X1");
    EXPECT_EQ(ran.status, 2);
    EXPECT_TRUE(ran.says("lessons/X1 is there already\n")) << ran.text;
}

TEST_F(Elsewhere, ANameIsALetterThenLettersAndDigits)
{
    for (const char *name :
         {"1", "''", "a/b", "..", "X-1", "X1.2", "NAME_", "Abcdefghijklmnop"}) {
        Ran ran = make(name);
        EXPECT_EQ(ran.status, 2) << name;
        EXPECT_TRUE(ran.says("is not a name for a lesson")) << ran.text;
    }
}

TEST_F(Elsewhere, ALessonIsStartedCheckedAndPassed)
{
    Ran start = tool.run("start X1");
    EXPECT_TRUE(start.says("lessons/X1/README.md, step 1\n")) << start.text;
    Ran check = tool.run("check");
    EXPECT_EQ(check.status, 1);
    EXPECT_TRUE(check.says("Not written yet: fetch_pages, pages.c:"))
        << check.text;
    tool.solve();
    EXPECT_EQ(tool.run("check").status, 0);
    EXPECT_TRUE(tool.run("list").says("x X1.1"));
    EXPECT_TRUE(tool.run("next").says("X1 is finished."));
}

TEST_F(Elsewhere, APredictionAndAMistakeAreBuiltAndShown)
{
    tool.run("start X1");
    tool.shell("echo '60 ms' | " LEARN_PROGRAM " --build " LEARN_BUILD
               " --lessons lessons predict");
    Ran shown = tool.run("predict --reveal");
    EXPECT_TRUE(shown.says("page 3 is there after 60 ms\n")) << shown.text;
    Ran wrong = tool.run("wrong gives-up");
    EXPECT_TRUE(wrong.says("7 were given up")) << wrong.text;
}

/* No text, a half character, a control character, a NUL: the lines are read by
 * the tool, and may be read by any other. */
TEST_F(Elsewhere, WhateverALearnersCodePrintsTheLinesOfItsCheckAreJson)
{
    tool.run("start X1");
    ASSERT_TRUE(tool.replace("work/X1/pages.c", "#include \"pages.h\"",
                             "#include \"pages.h\"\n#include <stdio.h>"));
    ASSERT_TRUE(tool.replace(
        "work/X1/pages.c", "    YOUR_CODE(",
        R"(    fwrite("\xff\xc3 \x7f\x01\"\\\0\xe2\x82", 1, 10, stdout);
    YOUR_CODE()"));
    Ran told = tool.run("check");
    EXPECT_TRUE(told.says("Not written yet")) << told.text;
    Ran ran = tool.shell("work/.check/check");
    EXPECT_TRUE(ran.says("\xef\xbf\xbd")) << ran.text;
    struct slice rest = {ran.text.data(), ran.text.size()};
    while (rest.size) {
        uint32_t point = 0;
        size_t size = text_character(rest, &point);
        ASSERT_GT(size, 0u) << ran.text;
        rest = {rest.data + size, rest.size - size};
    }
    std::istringstream lines(ran.text);
    for (std::string line; std::getline(lines, line);) {
        cJSON *json = cJSON_Parse(line.c_str());
        EXPECT_NE(json, nullptr) << line;
        cJSON_Delete(json);
    }
}

TEST_F(Elsewhere, AFormatThatIsTooNewIsRefusedInASentence)
{
    ASSERT_TRUE(tool.replace("lessons/X1/lesson.json", "\"format\": 1",
                             "\"format\": 2"));
    Ran ran = tool.run("list");
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(ran.text, "lab: " + tool.path("lessons/X1/lesson.json") +
                            ": its format is newer than this lab, which reads"
                            " format 1\n");
}

TEST_F(Elsewhere, AFolderWithoutLessonsIsRefusedInASentence)
{
    tool.shell("mkdir none");
    EXPECT_TRUE(tool.run("--lessons none list").says("there is no lesson in "));
    EXPECT_TRUE(tool.run("--lessons nowhere list").says("nowhere: No such"));
}

TEST_F(Elsewhere, ALessonThatIsLeftOutIsNamed)
{
    tool.run("start X1");
    make("Y2");
    tool.shell("mkdir others; mv lessons/Y2 others");
    Ran ran = tool.run("--lessons others check");
    EXPECT_EQ(ran.status, 2);
    EXPECT_TRUE(ran.says("you are in lesson X1, which is not in ")) << ran.text;
}
