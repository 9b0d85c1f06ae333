/* SPDX-License-Identifier: MIT */
/* lessons/README.md maps the talks to lessons and steps. What it says to be
 * there is there; and no row of the talks is left out. */
#include "folder.h"
#include "talk_rows.h"

extern "C" {
#include "lessons/tool/lesson.h"
}

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <vector>

namespace
{

std::string readme()
{
    struct buffer text = {};
    EXPECT_EQ(file_read(&text, "%s/README.md", LESSONS_FOLDER), 0);
    return text_of(text);
}

/* Without what is in italics: that is coming. */
std::string promised_now()
{
    return std::regex_replace(readme(), std::regex(R"(\*[^*\n]+\*)"), "");
}

std::vector<std::smatch> all(const std::string &text, const std::regex &what)
{
    return {std::sregex_iterator(text.begin(), text.end(), what),
            std::sregex_iterator()};
}

class Syllabus : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(lessons_load(&lessons, LESSONS_FOLDER, &why), 0);
    }
    void TearDown() override
    {
        lessons_free(lessons);
        buffer_deinit(&why);
    }

    bool has_wrong(const std::string &name) const
    {
        for (struct lesson **lesson = lessons; *lesson; lesson++)
            if (file_exists("%s/wrong/%s.c", (*lesson)->folder, name.c_str()))
                return true;
        return false;
    }

    struct lesson **lessons = nullptr;
    struct buffer why = {};
};

} // namespace

TEST_F(Syllabus, NamesStepsThatAreThere)
{
    const std::string text = promised_now();
    size_t named = 0;
    for (const auto &match : all(text, std::regex(R"(\b([PE]\d)\.(\d))"))) {
        const struct lesson *lesson =
            lessons_find(lessons, match[1].str().c_str());
        ASSERT_NE(lesson, nullptr) << match[0];
        EXPECT_LE(std::stoi(match[2]), lesson->count) << match[0];
        named++;
    }
    EXPECT_GT(named, 20u);
}

TEST_F(Syllabus, NamesMistakesThatCanBeRun)
{
    const std::string text = promised_now();
    for (const auto &match : all(text, std::regex("`wrong ([a-z-]+)`")))
        EXPECT_TRUE(has_wrong(match[1])) << match[0];
}

TEST_F(Syllabus, HasEveryLessonWithItsMinutes)
{
    const std::string text = readme();
    for (struct lesson **lesson = lessons; *lesson; lesson++) {
        int minutes = 0;
        std::string name = (*lesson)->name;
        for (int step = 1; step <= (*lesson)->count; step++)
            minutes += (*lesson)->steps[step].minutes;
        std::regex row("\\n\\| \\[" + name + "\\]\\(" + name +
                       "/README\\.md\\)[^\\n]*\\| " + std::to_string(minutes) +
                       " \\|\\n");
        EXPECT_TRUE(std::regex_search(text, row))
            << name << " with its " << minutes << " minutes";
    }
}

TEST_F(Syllabus, LeavesNoRowOfTheTalksOut)
{
    const std::string text = readme();
    const struct {
        char talk;
        int first, last;
    } talks[] = {{'A', 1, 28}, {'B', 0, 6},  {'C', 1, 5},
                 {'D', 1, 6},  {'E', 1, 18}, {'K', 1, 12}};
    for (const auto &talk : talks)
        for (int i = talk.first; i <= talk.last; i++) {
            std::string row = talk.talk + std::to_string(i);
            EXPECT_TRUE(std::regex_search(
                text,
                std::regex("\\| ([A-Z0-9]+, )*" + row + "(, [A-Z0-9]+)* \\|")))
                << row;
        }
}

/* The cells of the lines about a row of the talks, A to E: slide, rows, and
 * where it is met. */
static std::vector<std::smatch> lines_of_the_map(const std::string &text)
{
    return all(text,
               std::regex(R"(\n\|([^|\n]*)\| ([A-E]\d[^|\n]*) \|([^|\n]*)\|)"));
}

TEST_F(Syllabus, NamesEveryProgramOfTheTalksInTheLineOfItsRow)
{
    const std::string text = readme();
    std::set<std::string> left = rows_with_a_program();
    ASSERT_GT(left.size(), 40u);
    for (const auto &line : lines_of_the_map(text)) {
        const std::string where = line[3];
        for (const auto &talk :
             all(where, std::regex(R"(`(\./lab talk )?([A-E]\d+)`)"))) {
            EXPECT_TRUE(rows_with_a_program().count(talk[2])) << talk[2];
            EXPECT_NE((", " + line.str(2) + ",").find(", " + talk.str(2) + ","),
                      std::string::npos)
                << line[0];
            left.erase(talk[2]);
        }
    }
    for (const std::string &row : left)
        ADD_FAILURE() << row << " is in no line";
}

TEST_F(Syllabus, OnlyServersOfOthersAndPagesAreStillToCome)
{
    const std::set<std::string> may = {"A27", "A28", "B1",      "E15",
                                       "E16", "E18", "E15, E16"};
    const std::string text = readme();
    for (const auto &line : lines_of_the_map(text)) {
        bool is_coming = line.str(3).find('*') != std::string::npos;
        EXPECT_TRUE(!is_coming || may.count(line[2])) << line[0];
    }
}

/* What a talk shows in code is met in a lesson, or in a program of a page to
 * which the lesson leads. */
TEST_F(Syllabus, ALessonLeadsToEachSnippet)
{
    static const std::regex command(R"(\./lab talk [A-E]\d+[^.:]*)");
    static const std::regex row(R"(\b[A-E]\d+\b)");
    std::set<std::string> led;
    for (struct lesson **lesson = lessons; *lesson; lesson++) {
        struct buffer page = {};
        ASSERT_EQ(file_read(&page, "%s/README.md", (*lesson)->folder), 0);
        const std::string text = text_of(page);
        for (const auto &match : all(text, command)) {
            const std::string words = match[0];
            for (const auto &found : all(words, row))
                led.insert(found[0]);
        }
    }
    const struct {
        char talk;
        int first, last;
    } snippets[] = {{'A', 9, 15}, {'A', 19, 25}, {'B', 0, 0},
                    {'B', 2, 5},  {'D', 1, 3},   {'E', 6, 8}};
    for (const auto &some : snippets)
        for (int i = some.first; i <= some.last; i++)
            EXPECT_TRUE(led.count(some.talk + std::to_string(i)))
                << some.talk << i;
}

TEST_F(Syllabus, AFileSaysAtWhichStepItIs)
{
    for (struct lesson **lesson = lessons; *lesson; lesson++)
        for (int step = 1; step <= (*lesson)->count; step++) {
            struct buffer text = {};
            ASSERT_EQ(lesson_text(*lesson, step, step - 1, &text, &why), 0);
            EXPECT_EQ(lesson_step_of_text(*lesson, text_of(text).c_str()), step)
                << (*lesson)->name;
        }
}
