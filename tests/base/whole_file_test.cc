/* SPDX-License-Identifier: MIT */
#include "base/whole_file.h"
#include "support/in_child.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <utility>

namespace fs = std::filesystem;

namespace
{

class WholeFile : public testing::Test
{
  protected:
    WholeFile()
    {
        char name[] = "/tmp/waitlab-whole-XXXXXX";
        folder = mkdtemp(name);
        path = folder + "/file";
    }

    ~WholeFile() override
    {
        fs::remove_all(folder);
    }

    static int write(const std::string &path, const std::string &text,
                     whole_file_effort effort = WHOLE_FILE_WRITTEN)
    {
        return whole_file_write(path.c_str(), {text.data(), text.size()},
                                effort);
    }

    std::string read() const
    {
        std::ifstream file(path);
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }

    std::set<std::string> names() const
    {
        std::set<std::string> names;
        for (auto &entry : fs::directory_iterator(folder))
            names.insert(entry.path().filename());
        return names;
    }

    std::string folder, path;
};

} // namespace

TEST_F(WholeFile, IsThereAloneAndReplacesWhatWasThere)
{
    for (auto effort : {WHOLE_FILE_WRITTEN, WHOLE_FILE_ON_DISK})
        for (std::string text : {"long enough to be cut", "short", ""}) {
            ASSERT_EQ(write(path, text, effort), 0);
            EXPECT_EQ(read(), text);
            EXPECT_EQ(names(), std::set<std::string>{"file"});
        }
}

TEST_F(WholeFile, ANameWithoutAFolderIsInTheWorkingFolder)
{
    EXPECT_EQ(in_child([&] {
                  return chdir(folder.c_str()) || write("file", "here");
              }),
              0);
    EXPECT_EQ(read(), "here");
}

TEST_F(WholeFile, MayBeReadByWhomTheMaskAllows)
{
    mode_t before = umask(027);
    EXPECT_EQ(write(path, "text"), 0);
    umask(before);
    struct stat status;
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(WholeFile, DoesNotFollowALink)
{
    std::ofstream(folder + "/elsewhere") << "precious";
    fs::create_symlink("elsewhere", path);
    EXPECT_EQ(write(path, "new"), 0);
    EXPECT_FALSE(fs::is_symlink(path));
    EXPECT_EQ(read(), "new");
    path = folder + "/elsewhere";
    EXPECT_EQ(read(), "precious");
}

/* As /dev/stdout and /dev/null are, which others need. */
TEST_F(WholeFile, WhatIsNotAFileStays)
{
    std::string pipe = folder + "/pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0666), 0);
    fs::create_symlink("pipe", path);
    for (const std::string &name : {pipe, path}) {
        EXPECT_EQ(write(name, "new"), -EEXIST) << name;
        EXPECT_TRUE(fs::is_fifo(name)) << name;
    }
    EXPECT_EQ(names(), (std::set<std::string>{"file", "pipe"}));
}

/* Nothing says so in /proc: the other way of writing it. */
TEST_F(WholeFile, DoesWithoutProc)
{
    int code = in_child([&] {
        if (!own_file_systems() || chroot(folder.c_str()) || chdir("/"))
            return static_cast<int>(NOT_ALLOWED);
        return -write("/file", "text", WHOLE_FILE_ON_DISK);
    });
    if (code == NOT_ALLOWED)
        GTEST_SKIP() << "this machine does not allow another root";
    EXPECT_EQ(code, 0);
    EXPECT_EQ(read(), "text");
    EXPECT_EQ(names(), std::set<std::string>{"file"});
}

TEST_F(WholeFile, LeavesNothingBehindWhenItsProgramIsKilled)
{
    int code = in_child([&] {
        struct rlimit few = {1000, 1000}, none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        setrlimit(RLIMIT_FSIZE, &few);
        signal(SIGXFSZ, SIG_DFL);
        return write(path, std::string(2000, 'x'));
    });
    EXPECT_EQ(code, -SIGXFSZ);
    EXPECT_EQ(names(), std::set<std::string>{});
}

TEST_F(WholeFile, ThatGrowsTooLargeLeavesTheOldOne)
{
    ASSERT_EQ(write(path, "old"), 0);
    int code = in_child([&] {
        struct rlimit few = {1000, 1000};
        setrlimit(RLIMIT_FSIZE, &few);
        signal(SIGXFSZ, SIG_IGN);
        return -write(path, std::string(2000, 'x'));
    });
    EXPECT_EQ(code, EFBIG);
    EXPECT_EQ(read(), "old");
    EXPECT_EQ(names(), std::set<std::string>{"file"});
}

TEST_F(WholeFile, AFullDiskIsAnErrorAndLeavesTheOldOne)
{
    int code = in_child([&] {
        if (!small_disk(folder, "64k"))
            return static_cast<int>(NOT_ALLOWED);
        int first = write(path, "old");
        int second = write(path, std::string(100000, 'x'));
        bool kept = read() == "old" && names().size() == 1;
        return first == 0 && second == -ENOSPC && kept ? 0 : 1;
    });
    if (code == NOT_ALLOWED)
        GTEST_SKIP() << "this machine does not allow another file system";
    EXPECT_EQ(code, 0);
}

TEST_F(WholeFile, SaysWhyItCannotBeWritten)
{
    std::ofstream(folder + "/plain") << "text";
    fs::create_directory(folder + "/inner");
    EXPECT_EQ(write(folder + "/nowhere/file", "text"), -ENOENT);
    EXPECT_EQ(write(folder + "/plain/file", "text"), -ENOTDIR);
    EXPECT_EQ(write(folder + "/inner", "text"), -EISDIR);
    EXPECT_EQ(write(folder + "/inner/", "text"), -EISDIR);
    EXPECT_EQ(write(folder + "/" + std::string(300, 'x'), "text"),
              -ENAMETOOLONG);
    EXPECT_EQ(names(), (std::set<std::string>{"inner", "plain"}));
}

TEST_F(WholeFile, AFolderIsTriedWithoutATrace)
{
    std::ofstream(path) << "text";
    EXPECT_EQ(whole_file_try_folder(folder.c_str()), 0);
    EXPECT_EQ(whole_file_try_folder(path.c_str()), -ENOTDIR);
    EXPECT_EQ(whole_file_try_folder((folder + "/nowhere").c_str()), -ENOENT);
    EXPECT_EQ(whole_file_try_folder(""), -ENOENT);
    EXPECT_LT(whole_file_try_folder("/proc/self"), 0);
    EXPECT_EQ(names(), std::set<std::string>{"file"});
}

/* Whatever has the name: trying it says what writing it then says. The pipe has
 * no reader and no writer, so that opening it would wait for one. */
TEST_F(WholeFile, ANameIsTriedWithoutATrace)
{
    std::ofstream(folder + "/plain") << "text";
    fs::create_directory(folder + "/inner");
    ASSERT_EQ(mkfifo((folder + "/pipe").c_str(), 0666), 0);
    const std::pair<const char *, const char *> links[] = {
        {"inner", "to-inner"}, {"pipe", "to-pipe"}, {"plain", "to-plain"},
        {"none", "to-none"},   {"round", "round"},
    };
    for (auto &[leads_to, name] : links)
        fs::create_symlink(leads_to, folder + "/" + name);
    const auto before = names();
    const std::pair<std::string, int> rows[] = {
        {"/new", 0},
        {"/plain", 0},
        {"/to-inner", 0},
        {"/to-plain", 0},
        {"/to-none", 0},
        {"/round", 0},
        {"/inner", -EISDIR},
        {"/inner/", -EISDIR},
        {"/new/", -EISDIR},
        {"/.", -EISDIR},
        {"/pipe", -EEXIST},
        {"/to-pipe", -EEXIST},
        {"/plain/file", -ENOTDIR},
        {"/nowhere/file", -ENOENT},
        {"/" + std::string(300, 'x'), -ENAMETOOLONG},
    };
    for (auto &[name, error] : rows)
        EXPECT_EQ(whole_file_try((folder + name).c_str()), error) << name;
    EXPECT_EQ(whole_file_try(""), -ENOENT);
    EXPECT_EQ(whole_file_try("/dev/null"), -EEXIST);
    EXPECT_LT(whole_file_try("/proc/self/file"), 0);
    EXPECT_EQ(names(), before);
    for (auto &[name, error] : rows)
        EXPECT_EQ(write(folder + name, "text"), error) << name;
    EXPECT_EQ(write("", "text"), -ENOENT);
    EXPECT_TRUE(fs::is_fifo(folder + "/pipe"));
}

TEST_F(WholeFile, ALinkTakesTheNameOfALinkOnly)
{
    std::ofstream(folder + "/plain") << "text";
    fs::create_directory(folder + "/inner");
    EXPECT_EQ(whole_file_link(path.c_str(), "plain"), 0);
    EXPECT_EQ(fs::read_symlink(path), "plain");
    EXPECT_EQ(whole_file_link(path.c_str(), "inner"), 0);
    EXPECT_EQ(fs::read_symlink(path), "inner");
    EXPECT_EQ(whole_file_link((folder + "/plain").c_str(), "inner"), -EINVAL);
    EXPECT_EQ(whole_file_link((folder + "/inner").c_str(), "plain"), -EINVAL);
    EXPECT_EQ(whole_file_link((folder + "/none/x").c_str(), "plain"), -ENOENT);
    EXPECT_EQ(names(), (std::set<std::string>{"file", "inner", "plain"}));
}
