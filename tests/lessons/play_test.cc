/* SPDX-License-Identifier: MIT */
/* Lessons as demonstrations: the scripts that there are name what exists; one
 * is read, cut into rows, followed without keys, and led on by keys. */
#include "terminal.h"

extern "C" {
#include "lessons/tool/teacher/play_page.h"
#include "lessons/tool/teacher/play_script.h"
}

#include <gtest/gtest.h>

namespace
{

std::string text_of(struct slice slice)
{
    return {slice.data ? slice.data : "", slice.size};
}

/* A lesson of the lab, and what is read as its script. */
class Script : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(lesson_load(&lesson, LESSONS_FOLDER "/E0", &why), 0);
    }
    void TearDown() override
    {
        play_deinit(&play);
        lesson_free(lesson);
        buffer_deinit(&why);
    }

    /* What is wrong with it. */
    std::string complaint(const char *text)
    {
        if (play_parse(&play, lesson, slice_of(text), &why) == 0)
            play_deinit(&play);
        return text_of(why);
    }

    struct lesson *lesson = nullptr;
    struct play play = {};
    struct buffer why = {};
};

std::string rows(const std::string &text, int columns)
{
    struct buffer out = {};
    page_append_rows(&out, {text.data(), text.size()}, columns);
    return ::text_of(out);
}

/* In the tool's folder: its lesson has a play, and ./lab says what it is asked
 * to run. */
class Play : public testing::Test
{
  protected:
    void SetUp() override
    {
        tool.write("lab", "#!/bin/sh\necho \"ran $3 $4 in $COLUMNS\"\n"
                          "[ \"$3\" != wrong ] || exit 3\n"
                          "[ \"$3\" != fetch ] || exec sleep 1000\n");
        tool.shell("chmod +x lab");
        tool.write("lessons/X1/play.md", "# X1\n\nAs it begins.\n\n"
                                         "    source pages.c fetch_pages\n"
                                         "    ./lab talk A1\n\n"
                                         "## Broken\n\n    ./lab wrong it\n\n"
                                         "## Slow\n\n    ./lab fetch it\n\n"
                                         "## Last\n\nThat was it.\n");
    }

    Tool tool;
};

} // namespace

// One process for all of them: rows, mistakes, models, predictions, functions.
TEST(Plays, NameOnlyWhatExists)
{
    Ran ran = shell(LEARN_PROGRAM " --root " LESSONS_FOLDER "/.. play --check");
    EXPECT_EQ(ran.status, 0) << ran.text;
    for (const char *lesson :
         {"P0", "P1", "P2", "P3", "P4", "E0", "E1", "E2", "E3", "E4", "E5"})
        EXPECT_TRUE(ran.says(std::string(lesson) + ": ")) << ran.text;
}

TEST_F(Script, IsReadStepByStep)
{
    ASSERT_EQ(play_parse(&play, lesson,
                         slice_of("# page\n\nOne\ntwo.\n\nThree.\n\n"
                                  "    source loop.c run_ready\r\n"
                                  "    predict 2\n\n## Next\n\n"
                                  "    start ./lab serve\n"
                                  "    ./lab  ps  $PID \n    open a.png"),
                         &why),
              0)
        << text_of(why);
    ASSERT_EQ(play.count, 2);
    EXPECT_EQ(text_of(play.steps[0].title), "The event loop");
    EXPECT_EQ(text_of(buffer_slice(&play.steps[0].told)), "One two.\nThree.");
    EXPECT_EQ(text_of(play.steps[0].source), "loop.c run_ready");
    EXPECT_EQ(play.steps[0].predict, 2);
    EXPECT_EQ(text_of(play.steps[1].title), "Next");
    EXPECT_EQ(text_of(play.steps[1].starts[0]), "serve");
    EXPECT_EQ(text_of(play.steps[1].command), "ps  $PID");
    EXPECT_EQ(text_of(play.steps[1].open), "a.png");
}

TEST_F(Script, IsRefusedWithTheLine)
{
    EXPECT_EQ(complaint("## A\n\n    predict 9\n"),
              "E0/play.md:3: the lesson has no such question to predict");
    EXPECT_EQ(complaint("## A\n    ./lab talk B0\n    predict 1\n"),
              "E0/play.md:3: a step does one thing: begin another one with ## "
              "and its title");
    EXPECT_EQ(complaint("\n    rm -r /\n"),
              "E0/play.md:2: what is indented begins with predict, source, "
              "start, open or ./lab");
    EXPECT_EQ(complaint("# only a title\n"),
              "E0/play.md:1: there is nothing in it");
    std::string many;
    for (int i = 0; i <= PLAY_STEPS_MAX; i++)
        many += "## step\n";
    EXPECT_EQ(complaint(many.c_str()),
              "E0/play.md:65: these are more steps than a play can have");
}

TEST(Page, IsCutIntoRowsThatMoveNoCursor)
{
    EXPECT_EQ(rows("abcdef\ng", 4), "abcd\nef\ng\n");
    EXPECT_EQ(rows("50 %\r100 %\r\nend", 9), "100 %\nend\n");
    EXPECT_EQ(rows("\033[1mab\033[0mc\033[2J\033[Hd", 4),
              "\033[1mab\033[0mcd\n");
    EXPECT_EQ(rows("\xc3\xa4\xc3\xb6x", 2), "\xc3\xa4\xc3\xb6\nx\n");
    EXPECT_EQ(rows("e\u0301e\u0301", 2), "e\u0301e\u0301\n");
    EXPECT_EQ(rows("\u540d\u524dx", 3), "\u540d\n\u524dx\n");
    EXPECT_EQ(rows("\u540d\u524d", 1), "\u540d\n\u524d\n");
    EXPECT_EQ(page_width(slice_of("\u540dx")), 3);
    EXPECT_EQ(rows("a\tb\a\b\033", 20), "a       b\n");
    EXPECT_EQ(page_width(slice_of("\033[1m\xc3\xa4"
                                  "b\033[0m")),
              2);
}

TEST_F(Play, SaysWhatItNamesAndIsNotThere)
{
    tool.write("lessons/X1/play.md",
               "## A\n    ./lab talk Z9\n## B\n    ./lab wrong nothing\n"
               "## C\n    ./lab race --models tasks,nothing\n"
               "## D\n    ./lab ps $PID\n## E\n    source pages.c nothing\n"
               "## F\n    ./lab test\n## G\n    ./lab diff tasks\n"
               "## H\n    ./lab claims K13\n");
    Ran ran = tool.run("play --check");
    EXPECT_EQ(ran.status, 1);
    for (const char *words :
         {"8 missing", "X1/play.md:1: no program of the talks has the row Z9",
          ":3: no mistake is called nothing", ":5: no model is called nothing",
          ":7: nothing is started whose $PID could be looked at",
          ":9: pages.c does not define a function nothing",
          ":11: a play does not run ./lab test", ":13: diff wants two models",
          ":15: the talks do not claim K13"})
        EXPECT_TRUE(ran.says(words)) << words << "\n" << ran.text;
}

TEST_F(Play, FollowsWithoutKeysAndGoesOnBehindAFailure)
{
    tool.replace("lessons/X1/play.md", "./lab fetch it", "./lab talk A2");
    Ran ran = tool.run("play X1 </dev/null");
    EXPECT_EQ(ran.status, 1);
    for (const char *words :
         {"X1  1 of 4  One after another", "fetch_pages(struct batch",
          "As it begins.", "$ ./lab talk A1\nran talk A1", "ran wrong it",
          "It ended with exit code 3; the play goes on.", "ran talk A2",
          "X1  4 of 4  Last\n\nThat was it.", "1 of 4 steps failed."})
        EXPECT_TRUE(ran.says(words)) << words << "\n" << ran.text;
    EXPECT_EQ(tool.run("play X9").status, 2);
    EXPECT_EQ(tool.run("play X1 --from 5").status, 2);
    tool.write("lessons/X1/play.md", "Only this.\n");
    EXPECT_TRUE(tool.run("play X1 --from 2").says("has 1 step\n"));
    EXPECT_EQ(tool.run("play X1 --frm").status, 2);
}

TEST_F(Play, IsLedOnByKeysAndGivesTheTerminalBack)
{
    Terminal terminal(tool, 24, 80, "play", "X1");
    EXPECT_TRUE(terminal.says("One after another")) << terminal.said;
    EXPECT_TRUE(terminal.says("1 of 4")) << terminal.said;
    EXPECT_TRUE(terminal.says("fetch_pages(")) << terminal.said;
    EXPECT_TRUE(terminal.says("space run")) << terminal.said;
    EXPECT_FALSE(terminal.echoes());
    terminal.press(' ');
    EXPECT_TRUE(terminal.says("ran talk A1 in 80")) << terminal.said;
    EXPECT_TRUE(terminal.says("space next")) << terminal.said;
    terminal.press('s');
    EXPECT_TRUE(terminal.says("fetch_pages(")) << terminal.said;
    terminal.press('n');
    EXPECT_TRUE(terminal.says("2 of 4")) << terminal.said;
    terminal.press('r');
    EXPECT_TRUE(terminal.says("It ended with exit code 3.")) << terminal.said;
    /* A presenter's remote: page down, page up. */
    terminal.type("\033[6~");
    EXPECT_TRUE(terminal.says("3 of 4")) << terminal.said;
    terminal.press(' ');
    EXPECT_TRUE(terminal.says("ran fetch it")) << terminal.said;
    EXPECT_TRUE(terminal.says("space wait")) << terminal.said;
    terminal.type("\033[5~");
    EXPECT_TRUE(terminal.says("space run")) << terminal.said;
    terminal.press('?');
    EXPECT_TRUE(terminal.says("Any key leads back.")) << terminal.said;
    terminal.type("xn");
    EXPECT_TRUE(terminal.says("That was it.")) << terminal.said;
    EXPECT_TRUE(terminal.says("space end")) << terminal.said;
    terminal.press(' ');
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_TRUE(terminal.echoes());
}
