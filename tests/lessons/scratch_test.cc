/* SPDX-License-Identifier: MIT */
#include "tool.h"

extern "C" {
#include "lessons/tool/program/scratch.h"
}

#include <gtest/gtest.h>

namespace
{

struct scratch take(const Folder &work)
{
    struct scratch scratch;
    struct buffer why = {};
    EXPECT_EQ(scratch_take(&scratch, work.path(), &why), 0) << text_of(why);
    return scratch;
}

} // namespace

TEST(Scratch, TwoAtOnceHaveFoldersOfTheirOwn)
{
    Folder work;
    struct scratch one = take(work), two = take(work);
    EXPECT_EQ(one.folder, std::string(work.path()) + "/.check");
    EXPECT_EQ(two.folder, std::string(work.path()) + "/.check/2");
    scratch_leave(&one);
    struct scratch three = take(work);
    EXPECT_STREQ(three.folder, one.folder);
    scratch_leave(&two);
    scratch_leave(&three);
}

TEST(Scratch, WithoutAPlaceForItThereIsASentence)
{
    Folder work;
    struct scratch scratch;
    struct buffer why = {};
    std::string file = std::string(work.path()) + "/file";
    ASSERT_EQ(file_write(slice_of(""), "%s", file.c_str()), 0);
    EXPECT_EQ(scratch_take(&scratch, file.c_str(), &why), -ENOTDIR);
    EXPECT_EQ(text_of(why), file + "/.check: Not a directory");
}

/* `learn` checks, and an editor does at the same time. */
TEST(Scratch, ACheckGoesOnElsewhereWhileAnotherIsAtWork)
{
    Tool tool;
    if (tool.shell("unifdef --version; git --version").says("not found"))
        GTEST_SKIP() << "unifdef or git is missing";
    tool.solve();
    struct scratch other;
    struct buffer why = {};
    ASSERT_EQ(scratch_take(&other, tool.path("work").c_str(), &why), 0)
        << text_of(why);
    Ran ran = tool.run("check");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_EQ(tool.shell("ls work/.check/check").status, 2);
    EXPECT_EQ(tool.shell("ls work/.check/2/check").status, 0);
    scratch_leave(&other);
}
