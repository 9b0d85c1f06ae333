/* SPDX-License-Identifier: MIT */
#include "folder.h"

extern "C" {
#include "lessons/tool/commands.h"
#include "lessons/tool/teacher/timetable.h"
}

#include <gtest/gtest.h>

#include <regex>
#include <sstream>
#include <vector>

namespace
{

struct Said {
    int status;
    std::string text, complaint;

    bool has(const std::string &words) const
    {
        return text.find(words) != std::string::npos;
    }
};

Said agenda(std::vector<std::string> words)
{
    Folder work;
    struct place place = {};
    place.lessons = LESSONS_FOLDER;
    place.work = work.path();
    words.insert(words.begin(), "agenda");
    std::vector<char *> argv;
    for (std::string &word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    int status =
        agenda_main(&place, static_cast<int>(words.size()), argv.data());
    std::string complaint = testing::internal::GetCapturedStderr();
    return {status, testing::internal::GetCapturedStdout(), complaint};
}

int minutes_of(const std::string &text)
{
    struct course_time time = {};
    return course_time_read(&time, text.c_str()) ? time.days * time.minutes : 0;
}

/* Each line's time, and how long it takes; the last one is the end. */
struct Line {
    int at, minutes;
    std::string text;
};

std::vector<Line> lines_of(const std::string &text)
{
    static const std::regex entry(" *(\\d+):(\\d\\d) +(?:(\\d+) min  )?(.*)");
    std::vector<Line> lines;
    std::istringstream in(text);
    std::smatch found;
    for (std::string line; std::getline(in, line);)
        if (std::regex_match(line, found, entry))
            lines.push_back({stoi(found[1]) * 60 + stoi(found[2]),
                             found[3].matched ? stoi(found[3]) : 0, found[4]});
    return lines;
}

} // namespace

TEST(Agenda, ReadsDaysHoursAndMinutes)
{
    EXPECT_EQ(minutes_of("90m"), 90);
    EXPECT_EQ(minutes_of("1h30m"), 90);
    EXPECT_EQ(minutes_of("1.5h"), 90);
    EXPECT_EQ(minutes_of("1d"), 480);
    EXPECT_EQ(minutes_of("2d"), 960);
}

TEST(Agenda, WhatIsNotATimeIsRefused)
{
    for (const char *time :
         {"", "3", "h", "3x", "-1h", "0m", "nanh", "13h", "1d2h", "11d"})
        EXPECT_EQ(agenda({time}).status, 2) << time;
    EXPECT_EQ(agenda({}).status, 2);
    EXPECT_EQ(agenda({"3h", "4h"}).status, 2);
    EXPECT_EQ(agenda({"3h", "--from", "25:00"}).status, 2);
    EXPECT_EQ(agenda({"3h", "--from"}).status, 2);
}

TEST(Agenda, EachEntryBeginsWhenTheOneBeforeHasEnded)
{
    for (const char *time : {"1h", "3h", "4h30m", "1d"}) {
        Said said = agenda({time});
        std::vector<Line> lines = lines_of(said.text);
        ASSERT_GT(lines.size(), 3u) << said.text;
        EXPECT_EQ(lines.front().at, 9 * 60);
        for (size_t i = 1; i < lines.size(); i++)
            EXPECT_EQ(lines[i].at, lines[i - 1].at + lines[i - 1].minutes)
                << said.text;
        EXPECT_EQ(lines.back().text, "the end");
        EXPECT_LE(lines.back().at, 9 * 60 + minutes_of(time)) << said.text;
    }
}

TEST(Agenda, NoWorkIsLongWithoutABreak)
{
    int together = 0;
    for (const Line &line : lines_of(agenda({"1d"}).text)) {
        bool pause = line.text == "break" || line.text == "lunch";
        together = pause ? 0 : together + line.minutes;
        EXPECT_LE(together, 90) << line.text;
    }
    EXPECT_TRUE(agenda({"1d"}).has("60 min  lunch"));
    EXPECT_FALSE(agenda({"3h"}).has("lunch"));
}

TEST(Agenda, NoBreakIsJustBeforeTheLastOfIt)
{
    std::vector<Line> lines = lines_of(agenda({"3h"}).text);
    ASSERT_GT(lines.size(), 3u);
    EXPECT_NE(lines[lines.size() - 3].text, "break");
    struct timetable table;
    struct course_time time = {};
    time.days = 1;
    time.minutes = 180;
    for (int minutes : {10, 20}) {
        timetable_init(&table, &time);
        timetable_add(&table, 40, "a");
        timetable_add(&table, 40, "b");
        timetable_add(&table, minutes, "c");
        timetable_end(&table);
        EXPECT_EQ(table.count, minutes == 10 ? 3 : 4);
        EXPECT_EQ(table.at, minutes == 10 ? 90 : 110);
        EXPECT_STREQ(table.entries[table.count - 1].text, "c");
        EXPECT_EQ(table.entries[table.count - 1].at, table.at - minutes);
    }
}

/* A step needs those before it. */
TEST(Agenda, NoStepComesWithoutThoseThatItNeeds)
{
    for (const char *time : {"30m", "1h", "2h", "3h", "5h", "1d", "2d"}) {
        Said said = agenda({time});
        for (const char *lesson :
             {"P0", "P1", "P2", "P3", "P4", "E0", "E1", "E2", "E3", "E4", "E5"})
            for (int step = 5; step > 1; step--) {
                std::string name = std::string(lesson) + ".";
                if (said.has(name + std::to_string(step))) {
                    EXPECT_TRUE(said.has(name + std::to_string(step - 1)))
                        << said.text;
                }
            }
    }
}

TEST(Agenda, ThreeHoursHaveTheWholeEventLoop)
{
    Said said = agenda({"3h"});
    for (const char *words :
         {"E0.1  the ready queue; before it ./lab predict", "E0.3  select",
          "E0.4  run and stop", "./lab wrong blocking-callback",
          "./lab race --mine E0", "what waiting costs  ./lab race --quick"})
        EXPECT_TRUE(said.has(words)) << words << "\n" << said.text;
}

TEST(Agenda, OnlyTheLessonsThatAreAskedFor)
{
    Said said = agenda({"1d", "--lessons", "e0,P3", "--from", "10:30"});
    EXPECT_TRUE(said.has("P3.1")) << said.text;
    EXPECT_TRUE(said.has("E0.5")) << said.text;
    EXPECT_FALSE(said.has("P0")) << said.text;
    EXPECT_EQ(lines_of(said.text).front().at, 10 * 60 + 30);
    EXPECT_FALSE(said.has("There is no time")) << said.text;
}

TEST(Agenda, ThoseThatDoNotFitAreNamedWhenTheyWereAskedFor)
{
    Said said = agenda({"3h", "--lessons", "P3,E0,E2,E5"});
    EXPECT_TRUE(said.has("the end\nThere is no time for E2, E5\n"))
        << said.text;
    EXPECT_FALSE(agenda({"3h"}).has("There is no time"));
}

TEST(Agenda, SeveralDaysBeginAtTheSameTime)
{
    Said said = agenda({"2d"});
    EXPECT_EQ(said.text.find("day 1\n   9:00 "), 0u) << said.text;
    EXPECT_TRUE(said.has("\nday 2\n   9:00 ")) << said.text;
    EXPECT_FALSE(said.has("day 3")) << said.text;
    EXPECT_TRUE(said.has("P3.4")) << said.text;
}

TEST(Agenda, WhatFitsNowhereIsSaid)
{
    EXPECT_EQ(agenda({"10m"}).status, 1);
}

TEST(Agenda, ALessonThatIsNotThereIsNamed)
{
    for (const char *names : {"Z9", "E0,Z9", "Z9,E0"}) {
        Said said = agenda({"3h", "--lessons", names});
        EXPECT_EQ(said.status, 2) << names;
        EXPECT_EQ(said.complaint,
                  "lab: there is no lesson 'Z9' (./lab list)\n");
    }
}
