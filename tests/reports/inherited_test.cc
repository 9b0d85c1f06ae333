/* SPDX-License-Identifier: MIT */
/* What our own programs inherit: variables that a user has set for other work,
 * and folders with any name that a folder may have. */
#include "support/program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <regex>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace
{

std::string read(const std::string &path)
{
    std::ifstream file(path);
    std::stringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

/* A folder whose name is read by no shell, no pattern and no list as what it
 * is. */
class OddFolder : public testing::Test
{
  protected:
    OddFolder()
    {
        char name[] = "/tmp/waitlab-odd-XXXXXX";
        outer = mkdtemp(name);
        folder = outer + "/a [x]* 'q' \"d\" $HOME;\n%s -z";
        fs::create_directories(folder);
    }

    ~OddFolder() override
    {
        fs::remove_all(outer);
    }

    /* The lesson that `lesson new` begins with, as X1. */
    void make_lesson()
    {
        fs::path lesson = folder + "/lessons/X1";
        fs::create_directories(lesson.parent_path());
        fs::copy(WAITLAB_SOURCE_DIR "/lessons/tool/author/new", lesson,
                 fs::copy_options::recursive);
        for (auto &entry : fs::recursive_directory_iterator(lesson)) {
            if (!entry.is_regular_file())
                continue;
            std::string text = std::regex_replace(read(entry.path()),
                                                  std::regex("NAME"), "X1");
            std::ofstream(entry.path()) << text;
        }
    }

    Ran learn(std::vector<std::string> words, const Before &before = {})
    {
        words.insert(words.begin(), {"--build", LEARN_BUILD, "--lessons",
                                     folder + "/lessons"});
        return run(
            words,
            [&] {
                if (chdir(folder.c_str()))
                    _exit(126);
                if (before)
                    before();
            },
            LEARN_PROGRAM);
    }

    /* The learner has written step 1. False where unifdef is missing. */
    bool solve()
    {
        Ran solved = run({"unifdef", "-x2", "-DSTEP=1", "-DSOLVED=1",
                          folder + "/lessons/X1/pages.c"},
                         {}, "/usr/bin/env");
        std::ofstream(folder + "/work/X1/pages.c") << solved.out;
        return solved.code == 0;
    }

    std::string outer, folder;
};

TEST_F(OddFolder, ALessonIsStartedCheckedAndComparedInIt)
{
    make_lesson();
    Ran start = learn({"start", "X1"});
    if (start.err.find("unifdef is missing") != std::string::npos)
        GTEST_SKIP() << start.err;
    EXPECT_EQ(start.code, 0) << start.err;
    Ran check = learn({"check"});
    EXPECT_EQ(check.code, 1) << check.err;
    EXPECT_NE(check.out.find("Not written yet"), std::string::npos)
        << check.out << check.err;
    ASSERT_TRUE(solve());
    check = learn({"check"});
    EXPECT_EQ(check.code, 0) << check.out << check.err;
    Ran diff = learn({"diff"});
    EXPECT_NE(diff.out.find("There is no difference"), std::string::npos)
        << diff.out << diff.err;
}

/* Another program that shows differences, as many have set. */
TEST_F(OddFolder, ADifferenceIsShownWhateverAUserHasToldGit)
{
    make_lesson();
    Ran start = learn({"start", "X1"});
    if (start.err.find("unifdef is missing") != std::string::npos)
        GTEST_SKIP() << start.err;
    ASSERT_TRUE(solve());
    std::ofstream(folder + "/work/X1/pages.c", std::ios::app) << "/* mine */\n";
    Ran check = learn({"check"});
    EXPECT_EQ(check.code, 0) << check.out << check.err;
    std::ofstream(folder + "/.gitconfig") << "[diff]\n    external = true\n";
    Ran diff = learn({"diff"}, [&] { setenv("HOME", folder.c_str(), 1); });
    EXPECT_EQ(diff.code, 0) << diff.err;
    EXPECT_NE(diff.out.find("/* mine */"), std::string::npos)
        << diff.out << diff.err;
}

TEST_F(OddFolder, TheMistakesAndMutantsOfALessonAreFoundInIt)
{
    make_lesson();
    Ran wrong = learn({"wrong"});
    EXPECT_NE(wrong.out.find("  gives-up\n"), std::string::npos)
        << wrong.out << wrong.err;
    wrong = learn({"wrong", "gives-up"});
    EXPECT_NE(wrong.out.find("7 were given up"), std::string::npos)
        << wrong.out << wrong.err;
    Ran proof = learn({"lesson", "check", "--sanitizer", "address", "X1"});
    EXPECT_EQ(proof.code, 0) << proof.out << proof.err;
    EXPECT_TRUE(std::regex_search(proof.out,
                                  std::regex("X1 .* 1 steps.*[1-9] mutants")))
        << proof.out;
}

/* An object is compiled again when what it was made of has changed. */
TEST_F(OddFolder, WhatALessonGivesIsCompiledAgainWhenItHasChanged)
{
    make_lesson();
    learn({"start", "X1"});
    if (!solve())
        GTEST_SKIP() << "unifdef is missing";
    EXPECT_EQ(learn({"check"}).code, 0);
    for (auto &entry : fs::directory_iterator(folder + "/lessons/X1"))
        if (entry.path().extension() == ".cc")
            std::ofstream(entry.path(), std::ios::app) << "\n#error changed\n";
    Ran check = learn({"check"});
    EXPECT_NE((check.out + check.err).find("changed"), std::string::npos)
        << check.out << check.err;
}

/* With each of these a compiler finds other headers or libraries, or writes
 * where it should not; git looks elsewhere; a test framework leaves tests out.
 */
TEST_F(OddFolder, VariablesForOtherWorkDoNotReachWhatALessonRuns)
{
    make_lesson();
    std::string trap = folder + "/trap";
    fs::create_directories(trap);
    std::ofstream(trap + "/stddef.h") << "#error not ours\n";
    std::ofstream(trap + "/string.h") << "#error not ours\n";
    std::ofstream(trap + "/libpthread.a") << "not ours\n";
    std::ofstream(trap + "/libc.so") << "not ours\n";
    auto foreign = [&] {
        for (const char *name :
             {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH",
              "GIT_DIR", "GIT_EXTERNAL_DIFF", "COMPILER_PATH"})
            setenv(name, trap.c_str(), 1);
        setenv("DEPENDENCIES_OUTPUT", (trap + "/written").c_str(), 1);
        setenv("GCC_EXEC_PREFIX", (trap + "/").c_str(), 1);
        setenv("LC_ALL", "de_DE.UTF-8", 1);
        setenv("GTEST_FILTER", "none", 1);
        setenv("GTEST_TOTAL_SHARDS", "2", 1);
        setenv("GTEST_SHARD_INDEX", "1", 1);
        setenv("UNIFDEF_OPTIONS", "-n", 1);
    };
    Ran start = learn({"start", "X1"}, foreign);
    EXPECT_EQ(start.code, 0) << start.err;
    Ran check = learn({"check"}, foreign);
    EXPECT_NE(check.out.find("Not written yet"), std::string::npos)
        << check.out << check.err;
    if (!solve())
        GTEST_SKIP() << "unifdef is missing";
    check = learn({"check"}, foreign);
    EXPECT_EQ(check.code, 0) << check.out << check.err;
    Ran diff = learn({"diff"}, foreign);
    EXPECT_NE(diff.out.find("There is no difference"), std::string::npos)
        << diff.out << diff.err;
    EXPECT_FALSE(fs::exists(trap + "/written"));
}

TEST_F(OddFolder, ARaceKnowsItsCommitWhateverGitWasToldElsewhere)
{
    std::vector<std::string> commits;
    for (const char *elsewhere : {"", "/nowhere"}) {
        Ran ran =
            run({"race", "--out", folder, "-n", "1", "-c", "1", "--rounds", "1",
                 "--delay", "0", "--models", "sequential", "--no-chart"},
                [&] {
                    if (*elsewhere)
                        setenv("GIT_DIR", elsewhere, 1);
                });
        EXPECT_EQ(ran.code, 0) << ran.err;
        std::smatch found;
        std::string results = read(folder + "/results.json");
        EXPECT_TRUE(std::regex_search(results, found,
                                      std::regex("\"commit\":\\s*\"([^\"]*)")));
        commits.push_back(found[1]);
    }
    EXPECT_EQ(commits[0], commits[1]);
}

} // namespace

// Else a debug build says of a busy machine that a call was slow, where nothing
// is to be said.
TEST(Environment, OfATestAsksForNoSlowCalls)
{
    Ran ran = run({"-c", "echo $WAITLAB_SLOW_CALL_MS"}, {}, "/bin/sh");
    EXPECT_EQ(ran.out, "0\n");
}

/* What Python starts: programs in whose place one writes down with what it was
 * run. Each fails, because it makes nothing, and that is told. */
TEST(Environment, OfProgramsThatPythonStartsIsWhatWeMean)
{
    const std::string house = WAITLAB_SOURCE_DIR "/";
    char folder[] = "/tmp/waitlab-environment-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    const std::string in = std::string(folder) + "/";
    std::ofstream(in + "hosts") << ":\n";
    const struct {
        std::string program;
        std::vector<std::string> words;
        std::string option; /* by which it reads no settings of the user's */
    } rows[] = {
        {"gnuplot",
         {house + "harness/chart/chart.py",
          house + "tests/harness/results_fixture.json", "--terminal", "--only",
          "first", "--out", in},
         "--default-settings"},
        {"parallel",
         {house + "harness/room/hosts.py", "--hosts", in + "hosts", "--out",
          in},
         "--plain"},
        {"chromium-headless-shell",
         {house + "lessons/print/slides.py", "--out", in, "P0"},
         "--user-data-dir="},
    };
    for (auto &row : rows) {
        std::ofstream(in + row.program)
            << "#!/bin/sh\n{ echo \"$@\"; env; } >" << in << "seen\nexit 1\n";
        fs::permissions(in + row.program, fs::perms::owner_all);
        std::vector<std::string> words = {"-B"};
        words.insert(words.end(), row.words.begin(), row.words.end());
        Ran ran = run(
            words,
            [&] {
                setenv("PATH", (in + ":/usr/bin:/bin").c_str(), 1);
                for (const char *name :
                     {"GNUTERM", "PARALLEL", "CHROMIUM_FLAGS", "LANG",
                      "LC_MESSAGES", "DISPLAY", "http_proxy"})
                    setenv(name, "nonsense", 1);
            },
            "/usr/bin/python3");
        EXPECT_EQ(ran.code, 1) << row.program << ran.err;
        const std::string seen = read(in + "seen");
        EXPECT_NE(seen.find(row.option), std::string::npos) << seen;
        EXPECT_NE(seen.find("\nLC_ALL=C\n"), std::string::npos) << seen;
        EXPECT_EQ(seen.find("nonsense"), std::string::npos) << seen;
    }
    fs::remove_all(folder);
}
