/* SPDX-License-Identifier: MIT */
#include "base/folder.h"
#include "support/in_child.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace fs = std::filesystem;

class FolderMaking : public testing::Test
{
  protected:
    FolderMaking()
    {
        char name[] = "/tmp/waitlab-folder-XXXXXX";
        folder = mkdtemp(name);
    }

    ~FolderMaking() override
    {
        fs::remove_all(folder);
    }

    std::string in(const std::string &name) const
    {
        return folder + "/" + name;
    }

    std::string folder;
};

TEST_F(FolderMaking, MakesAllThatAreMissingAndOnlyOnce)
{
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ(folder_make(in("a/b/c").c_str()), 0);
        EXPECT_EQ(folder_prepare(in("with a space/and\na line/").c_str()), 0);
        EXPECT_EQ(folder_make_for(in("d/e/file").c_str()), 0);
    }
    EXPECT_TRUE(fs::is_directory(in("a/b/c")));
    EXPECT_TRUE(fs::is_directory(in("with a space/and\na line")));
    EXPECT_TRUE(fs::is_directory(in("d/e")));
    EXPECT_FALSE(fs::exists(in("d/e/file")));
    EXPECT_TRUE(fs::is_empty(in("a/b/c")));
    EXPECT_EQ(folder_make("/"), 0);
    EXPECT_EQ(folder_make_for("file"), 0);
}

TEST_F(FolderMaking, AFileInItsPlaceOrOnTheWayIsNotAFolder)
{
    std::ofstream(in("plain")) << "text";
    for (const char *name : {"plain", "plain/below", "plain/below/it"}) {
        EXPECT_EQ(folder_make(in(name).c_str()), -ENOTDIR) << name;
        EXPECT_EQ(folder_prepare(in(name).c_str()), -ENOTDIR) << name;
    }
    EXPECT_EQ(folder_make_for(in("plain/file").c_str()), -ENOTDIR);
}

TEST_F(FolderMaking, OneThatCanOnlyBeReadIsThereAndNotPrepared)
{
    int code = in_child([&] {
        if (!small_disk(folder, "64k") || folder_make(in("a/b").c_str()) ||
            mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY,
                  nullptr))
            return static_cast<int>(NOT_ALLOWED);
        return folder_make(in("a/b").c_str()) == 0 &&
                       folder_prepare(in("a/b").c_str()) == -EROFS
                   ? 0
                   : 1;
    });
    if (code == NOT_ALLOWED)
        GTEST_SKIP() << "this machine does not allow another file system";
    EXPECT_EQ(code, 0);
}
