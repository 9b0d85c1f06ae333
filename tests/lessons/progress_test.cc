/* SPDX-License-Identifier: MIT */
#include "folder.h"

extern "C" {
#include "lessons/tool/progress.h"
}

#include <gtest/gtest.h>

static struct progress load(const Folder &folder)
{
    struct progress progress;
    EXPECT_EQ(progress_load(&progress, folder.path()), 0);
    return progress;
}

TEST(Progress, WithoutAFileNothingHasBeenDone)
{
    Folder folder;
    struct progress progress = load(folder);
    EXPECT_STREQ(progress.lesson, "");
    EXPECT_EQ(progress.facts.size, 0u);
    progress_deinit(&progress);
}

TEST(Progress, WhatWasSavedIsReadAgain)
{
    Folder folder;
    struct progress before = load(folder);
    progress_move(&before, "E0", 2);
    progress_note(&before, "passed", "E0", 1, nullptr);
    progress_note(&before, "predicted", "E0", 2, "a b z");
    ASSERT_EQ(progress_save(&before, folder.path()), 0);
    progress_deinit(&before);

    struct progress after = load(folder);
    EXPECT_STREQ(after.lesson, "E0");
    EXPECT_EQ(after.step, 2);
    EXPECT_EQ(progress_count(&after, "passed", "E0", 1), 1);
    EXPECT_EQ(text_of(after.facts), "passed E0 1\npredicted E0 2 a b z\n");
    progress_deinit(&after);
}

TEST(Progress, AFactIsItsWordItsLessonAndItsWholeNumber)
{
    struct progress progress = {};
    progress_note(&progress, "hint", "E0", 12, nullptr);
    progress_note(&progress, "hint", "E0", 1, nullptr);
    progress_note(&progress, "hint", "E0", 1, nullptr);
    EXPECT_EQ(progress_count(&progress, "hint", "E0", 1), 2);
    EXPECT_EQ(progress_count(&progress, "hint", "E0", 12), 1);
    EXPECT_EQ(progress_count(&progress, "hint", "E1", 1), 0);
    EXPECT_EQ(progress_count(&progress, "passed", "E0", 1), 0);
    progress_deinit(&progress);
}

TEST(Progress, AFileMendedByHandMayLackItsLastLineEnd)
{
    Folder folder;
    file_write(slice_of("passed E0 1\n\nat E0 3"), "%s/state", folder.path());
    struct progress progress = load(folder);
    EXPECT_EQ(progress.step, 3);
    EXPECT_EQ(progress_count(&progress, "passed", "E0", 1), 1);
    progress_deinit(&progress);
}

/* A number that does not fit, half a line, one that ends in the next line, a
 * text of more than a name. */
TEST(Progress, ALineThatSaysNoPlaceIsNone)
{
    for (const char *line :
         {"at E0 -1", "at E0 0", "at E0", "at", "at E0\n2", "at\nE0 2",
          "at E0 99999999999", "at E0 -99999999999999999999",
          "at a-name-that-is-longer-than-any-lesson-has-one 2"}) {
        SCOPED_TRACE(line);
        struct progress progress;
        ASSERT_EQ(progress_read(&progress, slice_of(line)), 0);
        EXPECT_STREQ(progress.lesson, "");
        EXPECT_EQ(progress.step, 0);
        EXPECT_EQ(text_of(progress.facts), std::string(line) + "\n");
        progress_deinit(&progress);
    }
}

/* The check of an editor has begun; meanwhile a hint is asked for, and the
 * learner goes elsewhere. */
TEST(Progress, WhatTwoHaveNotedAtOnceIsKeptOfBoth)
{
    Folder folder;
    struct progress check = load(folder), other = load(folder);
    progress_note(&other, "hint", "E0", 1, nullptr);
    progress_move(&other, "P3", 2);
    ASSERT_EQ(progress_save(&other, folder.path()), 0);
    progress_note(&check, "passed", "E0", 1, nullptr);
    ASSERT_EQ(progress_save(&check, folder.path()), 0);
    EXPECT_EQ(progress_count(&check, "hint", "E0", 1), 1);
    ASSERT_EQ(progress_save(&check, folder.path()), 0);

    struct progress after = load(folder);
    EXPECT_STREQ(after.lesson, "P3");
    EXPECT_EQ(after.step, 2);
    EXPECT_EQ(text_of(after.facts), "hint E0 1\npassed E0 1\n");
    progress_deinit(&after);
    progress_deinit(&check);
    progress_deinit(&other);
}

TEST(Progress, TheTextOfAFactIsWhatWasNotedLast)
{
    struct progress progress = {};
    progress_note(&progress, "predicted", "E0", 1, "a b");
    progress_note(&progress, "predicted", "E0", 2, "c");
    progress_note(&progress, "predicted", "E0", 1, "a  b z");
    struct slice text = progress_text(&progress, "predicted", "E0", 1);
    EXPECT_EQ(std::string(text.data, text.size), "a  b z");
    progress_note(&progress, "hint", "E0", 1, nullptr);
    EXPECT_EQ(progress_text(&progress, "hint", "E0", 1).size, 0u);
    EXPECT_EQ(progress_text(&progress, "predicted", "E1", 1).size, 0u);
    progress_deinit(&progress);
}
