/* SPDX-License-Identifier: MIT */
/* Names of files, and programs that are found by name. */
#include "base/path.h"
#include "support/in_child.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace fs = std::filesystem;

/* In a folder with a program `here`, a text `text` and a folder `folder`. */
class PathOfPrograms : public testing::Test
{
  protected:
    PathOfPrograms()
    {
        char name[] = "/tmp/waitlab-path-XXXXXX";
        folder = mkdtemp(name);
        std::ofstream(folder + "/here") << "#!/bin/sh\n";
        fs::permissions(folder + "/here", fs::perms::owner_all);
        std::ofstream(folder + "/text") << "a text\n";
        fs::create_directory(folder + "/folder");
    }

    ~PathOfPrograms() override
    {
        fs::remove_all(folder);
    }

    /* Is it found there, from inside of the folder? A null: without PATH. */
    bool finds(const char *name, const char *list, const std::string &where,
               size_t size = 256) const
    {
        return in_child([&] {
                   char path[256] = "";
                   if (chdir(folder.c_str()) ||
                       (list ? setenv("PATH", list, 1) : unsetenv("PATH")))
                       return 2;
                   bool found = path_find_program(name, path, size);
                   return found && path == where ? 0 : 1;
               }) == 0;
    }

    std::string folder;
};

TEST(Path, EndsWithTheNameOfTheFile)
{
    EXPECT_STREQ(path_base_name("/a/b.c"), "b.c");
    EXPECT_STREQ(path_base_name("b.c"), "b.c");
    EXPECT_STREQ(path_base_name("a/"), "");
    EXPECT_STREQ(path_base_name(""), "");
}

TEST_F(PathOfPrograms, IsLookedThroughInItsOrder)
{
    std::string list = "/nowhere:" + folder + ":/bin";
    EXPECT_TRUE(finds("here", list.c_str(), folder + "/here"));
    EXPECT_TRUE(finds("sh", list.c_str(), "/bin/sh"));
    EXPECT_FALSE(finds("here", "/nowhere:/bin", ""));
    EXPECT_FALSE(finds("here", nullptr, ""));
}

TEST_F(PathOfPrograms, MeansTheCurrentFolderByAnEmptyOne)
{
    for (const char *list : {"", ":/nowhere", "/nowhere:", "/nowhere::/bin"})
        EXPECT_TRUE(finds("here", list, "./here")) << list;
    /* And not the root, in which `bin` is. */
    EXPECT_FALSE(finds("bin/sh", ":", "/bin/sh"));
}

TEST_F(PathOfPrograms, HasOnlyFilesThatCanBeExecuted)
{
    EXPECT_FALSE(finds("text", folder.c_str(), ""));
    EXPECT_FALSE(finds("folder", folder.c_str(), ""));
}

TEST_F(PathOfPrograms, IsNotCutWhereThereIsNoRoom)
{
    EXPECT_FALSE(finds("here", folder.c_str(), "", folder.size() + 5));
    EXPECT_TRUE(
        finds("here", folder.c_str(), folder + "/here", folder.size() + 6));
}
