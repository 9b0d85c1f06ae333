/* SPDX-License-Identifier: MIT */
/* What was found, for programs that mark. */
#include "tool.h"

extern "C" {
#include "lessons/tool/learner/check_report.h"
#include "lessons/tool/lesson.h"
}

#include <gtest/gtest.h>

#include <cjson/cJSON.h>

#include <memory>
#include <vector>

namespace
{

/* Findings of E0, which has five steps. */
class CheckReport : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct buffer why = {};
        ASSERT_EQ(lesson_load(&lesson, LESSONS_FOLDER "/E0", &why), 0)
            << text_of(why);
    }
    void TearDown() override
    {
        lesson_free(lesson);
    }

    void found(const char *test, enum verdict verdict, const char *message = "")
    {
        names.push_back(std::make_unique<std::string>(test ? test : ""));
        names.push_back(std::make_unique<std::string>(message));
        struct finding finding = {};
        finding.test = test ? names[names.size() - 2]->data() : nullptr;
        finding.message = names.back()->data();
        finding.verdict = verdict;
        finding.where = finding.output = finding.said = finding.program =
            nothing;
        list.push_back(finding);
    }

    std::string report(int (*write)(const struct checked *, struct buffer *),
                       int step, size_t wanted)
    {
        struct findings findings = {list.data(), list.size(), wanted, {}};
        struct checked checked = {lesson, step, "work/E0/loop.c", &findings};
        struct buffer text = {};
        EXPECT_EQ(write(&checked, &text), 0);
        return text_of(text);
    }

    /* "1010-": which steps have their point; '-' is one that is not begun. */
    std::string points(int step, size_t wanted)
    {
        std::string text = report(check_report_gradescope, step, wanted);
        std::string points;
        cJSON *json = cJSON_Parse(text.c_str());
        const cJSON *test;
        cJSON_ArrayForEach(test, cJSON_GetObjectItem(json, "tests"))
        {
            std::string said = cJSON_GetObjectItem(test, "output")->valuestring;
            int score = cJSON_GetObjectItem(test, "score")->valueint;
            points += said == "not begun" ? "-" : std::to_string(score);
        }
        cJSON_Delete(json);
        return points;
    }

    struct lesson *lesson = nullptr;
    std::vector<std::unique_ptr<std::string>> names;
    std::vector<struct finding> list;
    char nothing[1] = "";
};

bool has(const std::string &text, const std::string &words)
{
    return text.find(words) != std::string::npos;
}

} // namespace

TEST_F(CheckReport, AStepHasItsPointWhenAllOfItHasPassed)
{
    found("Step1.A", VERDICT_PASSED);
    found("Step1.B", VERDICT_PASSED);
    found("Step2.C", VERDICT_PASSED);
    found("Step2.D", VERDICT_FAILED, "no");
    found("Step3.E", VERDICT_PASSED);
    EXPECT_EQ(points(3, 5), "101--");
}

TEST_F(CheckReport, AStepThatWasNotRunToItsEndHasNoPoint)
{
    found("Step1.A", VERDICT_PASSED);
    found("Step2.B", VERDICT_PASSED);
    EXPECT_EQ(points(2, 2), "11---");
    EXPECT_EQ(points(2, 3), "10---");
    found("Step2.C", VERDICT_HUNG, "for ever");
    EXPECT_EQ(points(3, 6), "100--");
}

TEST_F(CheckReport, WhatDoesNotCompileHasNoPointAndSaysWhy)
{
    found(nullptr, VERDICT_NOT_COMPILING,
          "work/E0/loop.c:1:1: error: no such thing\n");
    EXPECT_EQ(points(2, 0), "00---");
    std::string text = report(check_report_gradescope, 2, 0);
    EXPECT_TRUE(has(text, "It does not compile")) << text;
    text = report(check_report_junit, 2, 0);
    EXPECT_TRUE(has(text, "classname=\"E0.It\" name=\"Compiles\"><failure "
                          "type=\"not-compiling\">It does not compile"))
        << text;
}

TEST_F(CheckReport, JUnitHasATestcaseForEachTest)
{
    found("Step1.A", VERDICT_PASSED);
    found("Step1.B", VERDICT_FAILED, "Failed\n1 < 2 & \"so\"\x01\n");
    std::string text = report(check_report_junit, 2, 4);
    EXPECT_TRUE(has(text, "<testsuite name=\"E0\" tests=\"7\" failures=\"1\" "
                          "errors=\"0\" skipped=\"5\">\n"))
        << text;
    EXPECT_TRUE(has(text, "<testcase classname=\"E0.Step1\" name=\"A\"/>\n"));
    EXPECT_TRUE(has(text, "name=\"B\"><failure type=\"failed\">Not right yet"));
    EXPECT_TRUE(has(text, "1 &lt; 2 &amp; &quot;so&quot;\xef\xbf\xbd\n"))
        << text;
    EXPECT_TRUE(has(text, "name=\"test 4\"><skipped")) << text;
    EXPECT_TRUE(has(text, "classname=\"E0.Step3\" name=\"select\"><skipped "
                          "message=\"not begun\"/>"))
        << text;
}

TEST_F(CheckReport, FilesAreWrittenWhereTheCommandWasGiven)
{
    Tool tool;
    if (tool.shell("unifdef --version; git --version").says("not found"))
        GTEST_SKIP() << "unifdef or git is missing";
    tool.run("start X1");
    tool.shell("mkdir below");
    Ran ran = tool.shell("cd below && " LEARN_PROGRAM
                         " --root .. --build " LEARN_BUILD
                         " --lessons ../lessons check --junit j.xml "
                         "--gradescope g.json X1");
    EXPECT_EQ(ran.status, 1) << ran.text;
    EXPECT_TRUE(
        has(tool.read("below/j.xml"), "<failure type=\"not-written\">"));
    EXPECT_TRUE(has(tool.read("below/g.json"), "\"score\":0"));
    tool.solve();
    ran = tool.run("check --junit j.xml");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(has(tool.read("j.xml"), "failures=\"0\""));
    EXPECT_EQ(tool.run("check --junit").status, 2);
}

TEST_F(CheckReport, AFileThatCannotBeWrittenHasAnExitCodeOfItsOwn)
{
    Tool tool;
    if (tool.shell("unifdef --version; git --version").says("not found"))
        GTEST_SKIP() << "unifdef or git is missing";
    tool.run("start X1");
    tool.shell("mkdir below && mkfifo pipe");
    const std::vector<std::vector<std::string>> all = {
        {"--junit", "nowhere/r", "there is no such folder"},
        {"--gradescope", "nowhere/../r", "there is no such folder"},
        {"--junit", "/dev/null/r", "Not a directory"},
        {"--junit", "below", "Is a directory"},
        {"--gradescope", "pipe", "it is not a file, but a device or a pipe"},
    };
    for (const auto &words : all) {
        Ran ran = tool.run("check " + words[0] + " " + words[1]);
        EXPECT_EQ(ran.status, 3);
        EXPECT_EQ(ran.text.find("lab: the report "), 0u) << ran.text;
        EXPECT_TRUE(
            ran.says(words[1] + " cannot be written: " + words[2] + "\n"))
            << ran.text;
        EXPECT_FALSE(ran.says("Not written yet")) << ran.text;
    }
    EXPECT_EQ(tool.shell("ls -d nowhere").status, 2) << "no folder is made";
}

/* The learner's own code makes a folder of that name, after the name was
 * tried. */
TEST_F(CheckReport, AFileThatCannotBeWrittenAfterAllLeavesTheVerdictTold)
{
    Tool tool;
    if (tool.shell("unifdef --version; git --version").says("not found"))
        GTEST_SKIP() << "unifdef or git is missing";
    tool.solve();
    tool.write("work/X1/pages.c",
               "#include <sys/stat.h>\n"
               "__attribute__((constructor)) static void take_the_name(void)\n"
               "{ mkdir(\"" +
                   tool.path("late") + "\", 0700); }\n" +
                   tool.read("work/X1/pages.c"));
    Ran ran = tool.run("check --junit late");
    EXPECT_EQ(ran.status, 3) << ran.text;
    EXPECT_TRUE(ran.says("late cannot be written: Is a directory")) << ran.text;
    EXPECT_TRUE(ran.says("Passed: ")) << ran.text;
}

TEST_F(CheckReport, StatusIsToldAsJson)
{
    Tool tool;
    Ran ran = tool.run("status --json");
    EXPECT_TRUE(ran.says("{\"at\":null,\"lessons\":[{\"name\":\"X1\","))
        << ran.text;
    tool.run("start X1");
    tool.run("hint");
    ran = tool.run("status --json");
    EXPECT_TRUE(ran.says("\"at\":{\"lesson\":\"X1\",\"step\":1,\"seconds\":"))
        << ran.text;
    EXPECT_TRUE(ran.says("\"passed\":false,\"hints\":1,\"asked_for_solution\":"
                         "false,\"predicted\":false,\"guess\":null}"))
        << ran.text;
    EXPECT_EQ(tool.run("status --xml").status, 2);
}
