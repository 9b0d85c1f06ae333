/* SPDX-License-Identifier: MIT */
#include "folder.h"

extern "C" {
#include "lessons/tool/learner/merge.h"
}

#include <gtest/gtest.h>

namespace
{

const char before[] = "a\nhole\nb\nc\nd\n";
const char next_step[] = "a\nhole\nb\nc\nd\nnew hole\n";

struct Merged {
    int conflicts;
    std::string text;
};

Merged merged(const char *mine, const char *theirs = next_step)
{
    Folder folder;
    struct buffer text = {}, why = {};
    int conflicts = merge_text(slice_of(mine), slice_of(before),
                               slice_of(theirs), folder.path(), &text, &why);
    buffer_deinit(&why);
    return {conflicts, text_of(text)};
}

bool has_git()
{
    return system("git --version >/dev/null 2>&1") == 0;
}

} // namespace

TEST(Merge, TheNextStepArrivesInTheLearnersOwnFile)
{
    if (!has_git())
        GTEST_SKIP() << "git is missing";
    Merged result = merged("a\nmine\nmine too\nb\nc\nd\n");
    EXPECT_EQ(result.conflicts, 0);
    EXPECT_EQ(result.text, "a\nmine\nmine too\nb\nc\nd\nnew hole\n");
}

TEST(Merge, WhatBothHaveChangedIsCountedAndMarked)
{
    if (!has_git())
        GTEST_SKIP() << "git is missing";
    Merged result = merged("a\nhole\nb\nc\nmine\n");
    EXPECT_EQ(result.conflicts, 1);
    EXPECT_NE(result.text.find("<<<<<<< your file\nmine\n"), std::string::npos);
    EXPECT_NE(result.text.find("new hole\n>>>>>>> next step"),
              std::string::npos);
}

TEST(Merge, WhatBothHaveAddedAtTheEndComesOneBehindTheOther)
{
    if (!has_git())
        GTEST_SKIP() << "git is missing";
    Merged result = merged("a\nmine\nb\nc\nd\nmine too\n");
    EXPECT_EQ(result.conflicts, 0);
    EXPECT_EQ(result.text, "a\nmine\nb\nc\nd\nmine too\nnew hole\n");
}

/* Two of one name would not compile, and to choose is not ours. */
TEST(Merge, AFunctionThatBothHaveAddedIsAConflict)
{
    if (!has_git())
        GTEST_SKIP() << "git is missing";
    const char *brings = "a\nhole\nb\nc\nd\nint f(void)\n{\n}\n";
    EXPECT_EQ(
        merged("a\nhole\nb\nc\nd\nint f(void)\n{\n    return 1;\n}\n", brings)
            .conflicts,
        1);
    EXPECT_EQ(merged("a\nhole\nb\nc\nd\nint g(void)\n{\n}\n", brings).conflicts,
              0);
}

/* Each line differs from ours by its end, and none by what is in it. */
TEST(Merge, ALearnersEndsOfLinesStay)
{
    if (!has_git())
        GTEST_SKIP() << "git is missing";
    Merged result = merged("a\r\nmine\r\nb\r\nc\r\nd\r\n");
    EXPECT_EQ(result.conflicts, 0);
    EXPECT_EQ(result.text, "a\r\nmine\r\nb\r\nc\r\nd\r\nnew hole\r\n");
    EXPECT_EQ(merged("a\nmine\nb\r\nc\nd\n").text,
              "a\nmine\nb\nc\nd\nnew hole\n");
}

TEST(Merge, TheLastLineMayLackItsEnd)
{
    if (!has_git())
        GTEST_SKIP() << "git is missing";
    Merged result = merged("a\nmine\nb\nc\nd");
    EXPECT_EQ(result.conflicts, 0);
    EXPECT_EQ(result.text, "a\nmine\nb\nc\nd\nnew hole\n");
}

/* A style with a third part, in the user's home or in the repository. */
TEST(Merge, WhateverAUserHasToldGit)
{
    if (!has_git())
        GTEST_SKIP() << "git is missing";
    Folder home;
    std::string before_home = getenv("HOME") ? getenv("HOME") : "";
    file_write(slice_of("[merge]\n    conflictStyle = diff3\n"),
               "%s/.gitconfig", home.path());
    setenv("HOME", home.path(), 1);
    Merged result = merged("a\nhole\nb\nc\nmine\n");
    setenv("HOME", before_home.c_str(), 1);
    EXPECT_EQ(result.conflicts, 1);
    EXPECT_EQ(result.text.find("|||||||"), std::string::npos) << result.text;
}
