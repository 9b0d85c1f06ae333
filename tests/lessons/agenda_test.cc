/* SPDX-License-Identifier: MIT */
#include "folder.h"

extern "C" {
#include "lessons/tool/commands.h"
}

#include <gtest/gtest.h>

namespace
{

struct Said {
    int status;
    std::string text;
};

Said agenda(const char *time)
{
    Folder work;
    struct place place = {};
    place.lessons = LESSONS_FOLDER;
    place.work = work.path();
    std::string name = "agenda", argument = time;
    char *argv[] = {&name[0], &argument[0], nullptr};
    testing::internal::CaptureStdout();
    int status = agenda_main(&place, 2, argv);
    return {status, testing::internal::GetCapturedStdout()};
}

bool ends_with(const std::string &text, const std::string &end)
{
    return text.size() >= end.size() &&
           text.substr(text.size() - end.size()) == end;
}

} // namespace

TEST(Agenda, ReadsHoursAndMinutes)
{
    EXPECT_TRUE(ends_with(agenda("90m").text, ": 90 min\n"));
    EXPECT_TRUE(ends_with(agenda("1h30m").text, ": 90 min\n"));
    EXPECT_TRUE(ends_with(agenda("1.5h").text, ": 90 min\n"));
}

TEST(Agenda, WhatIsNoTimeIsRefused)
{
    for (const char *time : {"", "3", "h", "3x", "-1h", "0m"})
        EXPECT_EQ(agenda(time).status, 2) << time;
}

TEST(Agenda, LeavesTimeForTalk)
{
    EXPECT_EQ(
        agenda("25m").text,
        "  P0.3  until the page is whole               15 min\n"
        "\n15 min of work, and 10 min for talk and predictions: 25 min\n");
}
