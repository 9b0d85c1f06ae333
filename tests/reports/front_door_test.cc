/* SPDX-License-Identifier: MIT */
/* ./lab and what it is told, with a program in its place that says with what it
 * was run. */
#include "support/program.h"
#include "support/sinks.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <sys/file.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace
{

/* A checkout that is built, in a folder with a name that no shell likes, on a
 * machine that has all packages. */
class FrontDoor : public testing::Test
{
  protected:
    FrontDoor()
    {
        char name[] = "/tmp/waitlab-door-XXXXXX";
        outer = mkdtemp(name);
        folder = outer + "/a [x]* 'q' \"d\" $HOME;\n%s -z";
        fs::create_directories(folder + "/build/release/bin");
        fs::create_directories(folder + "/path");
        fs::copy(WAITLAB_SOURCE_DIR "/lab", folder + "/lab");
        fs::create_symlink(WAITLAB_SOURCE_DIR "/harness", folder + "/harness");
        std::ofstream(folder + "/build/release/build.ninja");
        script("build/release/bin/waitlab", "printf 'waitlab|'; say \"$@\"");
        script("build/release/bin/learn", "printf 'learn|'; say \"$@\"");
        script("path/dpkg-query", "printf '%s installed;' \"$@\"");
        script("path/ninja", "echo 'ninja: no work to do.'");
        script("path/cmake", "");
    }

    ~FrontDoor() override
    {
        fs::remove_all(outer);
    }

    void script(const std::string &name, const std::string &text) const
    {
        std::string path = folder + "/" + name;
        std::ofstream(path) << "#!/bin/bash\nsay() { printf '%s|' \"$@\"; }\n"
                            << text << "\n";
        fs::permissions(path, fs::perms::owner_all);
    }

    std::string path() const
    {
        return folder + "/path:" + getenv("PATH");
    }

    Ran lab(const std::vector<std::string> &words,
            const Before &first = {}) const
    {
        return run(
            words,
            [&] {
                if (first)
                    first();
                setenv("PATH", path().c_str(), 1);
                setenv("WAITLAB_NO_INSTALL", "1", 1);
                unsetenv("CI"); /* there it configures every time */
            },
            folder + "/lab");
    }

    void expect_told(const std::vector<std::string> &words, const Sink &sink)
    {
        SCOPED_TRACE(words.empty() ? "no command" : words[0]);
        Ran ran = lab(words, [&] { sink.become(outer + "/limited"); });
        EXPECT_EQ(ran.code, 1);
        EXPECT_NE(ran.err.find(": the output cannot be written\n"),
                  std::string::npos)
            << ran.err;
        EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1)
            << ran.err;
    }

    /* Those that ./lab help and ./lab help lessons name. */
    std::set<std::string> commands() const
    {
        std::stringstream in(lab({"help"}).out + lab({"help", "lessons"}).out);
        std::set<std::string> commands;
        for (std::string line, word, command; std::getline(in, line);)
            if (line.rfind("  ./lab ", 0) == 0 &&
                std::stringstream(line) >> word >> command)
                commands.insert(command);
        EXPECT_GT(commands.size(), 20u);
        return commands;
    }

    std::string outer, folder;
};

/* The lines that 80 columns do not hold, without the one for a cursor. */
std::string too_wide(const std::string &text)
{
    std::stringstream in(text);
    std::string all;
    for (std::string line; std::getline(in, line);)
        if (std::count_if(line.begin(), line.end(), [](char byte) {
                return (byte & 0xC0) != 0x80;
            }) >= 80)
            all += line + "\n";
    return all;
}

} // namespace

/* Each command either gets all the words or, where it is a script or the front
 * door's own, complains of the first of them. */
TEST_F(FrontDoor, WhatACommandIsToldIsLeftToIt)
{
    const std::map<std::string, std::string> complaints = {
        {"chart", "there is no option '-d'"},
        {"report", "there is no option '-d'"},
        {"merge", "there is no option '-d'"},
        {"slides", "there is no option '-d'"},
        {"handout", "there is no option '-d'"},
        {"fuzz", "there is no fuzz target '-d'"},
        {"setup", "and not '-d'"},
        {"talk", "talk takes one row"},
        {"help", "there is no command '-d'"}};
    fs::create_symlink(WAITLAB_SOURCE_DIR "/lessons", folder + "/lessons");
    fs::copy(folder + "/build/release", folder + "/build/asan",
             fs::copy_options::recursive);
    script("path/ctest", "say \"$@\"");
    const std::vector<std::string> words = {
        "-d",       "--no-install", "--lessons", "--lessons=x", "--mine",
        "--mine=x", "--help",       "",          "a b",         "*",
        "-h",       "URL"};
    std::string all = "|";
    for (auto &word : words)
        all += word + "|";
    for (auto &command : commands()) {
        std::vector<std::string> call = {command};
        call.insert(call.end(), words.begin(), words.end());
        Ran ran = lab(call);
        auto complaint = complaints.find(command);
        const std::string &said =
            complaint == complaints.end() ? ran.out : ran.err;
        EXPECT_NE(
            said.find(complaint == complaints.end() ? all : complaint->second),
            std::string::npos)
            << command << ": " << ran.out << ran.err;
    }
    EXPECT_EQ(lab({"--no-install", "fetch", "-k"}).out, "waitlab|fetch|-k|");
}

/* What hangs is looked at while the next version is built. */
TEST_F(FrontDoor, ABuildDoesNotHoldUpALookAtARunningProgram)
{
    int lock = open((folder + "/build/.lock").c_str(),
                    O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    ASSERT_EQ(flock(lock, LOCK_EX), 0);
    for (std::string command : {"ps", "pstree"}) {
        Ran ran = lab({command, "--for", "1s", "17"});
        EXPECT_EQ(ran.out, "waitlab|" + command + "|--for|1s|17|");
        EXPECT_EQ(ran.err, "");
    }
    close(lock);
}

TEST_F(FrontDoor, ThereIsHelpForEachCommandAndForNoOther)
{
    Ran all = lab({"help"});
    EXPECT_EQ(all.code, 0);
    EXPECT_EQ(too_wide(all.out), "");
    EXPECT_LT(std::count(all.out.begin(), all.out.end(), '\n'), 24)
        << "the prompt below it has a row, too";
    for (std::string command :
         {"race", "fetch", "serve", "chart", "report", "merge", "timeline",
          "claims", "ps", "pstree", "diff", "talk", "test", "fuzz", "setup",
          "start", "agenda", "lessons"}) {
        Ran ran = lab({"help", command});
        EXPECT_EQ(ran.code, 0) << command;
        EXPECT_EQ(too_wide(ran.out), "") << command;
        EXPECT_NE(ran.out, all.out) << command;
    }
    for (auto &words : {std::vector<std::string>{"help", "nonsense"},
                        std::vector<std::string>{"nonsense", "--help"},
                        std::vector<std::string>{"nonsense"}}) {
        Ran ran = lab(words);
        EXPECT_EQ(ran.code, 2);
        EXPECT_EQ(ran.out, "");
        EXPECT_EQ(ran.err.find("lab: there is no command 'nonsense'\n"), 0u)
            << ran.err;
    }
}

/* What it prints itself. Nothing else goes wrong there: no command is unknown,
 * and no row. */
TEST_F(FrontDoor, OutputThatCannotBeWrittenIsTold)
{
    fs::create_symlink(WAITLAB_SOURCE_DIR "/talks", folder + "/talks");
    const std::vector<std::vector<std::string>> calls = {
        {},
        {"-h"},
        {"talk"},
        {"talk", "A2"},
        {"talk", "A2", "--source"},
        {"help", "race"}};
    for (auto &words : calls)
        for (auto &sink : sinks)
            if (sink.become != limited_file) /* its signal ends a shell */
                expect_told(words, sink);
    for (auto &command : commands())
        expect_told({command, "--help"}, sinks[0]);
}

TEST_F(FrontDoor, EachCommandTellsItsHelpAndDoesNothingElse)
{
    /* These leave what comes further on to the lab's own program. */
    const std::set<std::string> programs = {
        "race", "fetch", "serve", "timeline", "claims", "ps", "pstree", "diff"};
    fs::remove_all(folder + "/build");
    for (const std::string &command : commands()) {
        Ran ran = programs.count(command) ? lab({command, "--help"})
                                          : lab({command, "E0", "--help"});
        EXPECT_EQ(ran.code, 0) << command;
        EXPECT_EQ(ran.err, "") << command;
        EXPECT_NE(ran.out.find(command), std::string::npos)
            << command << " says " << ran.out;
        EXPECT_EQ(too_wide(ran.out), "") << command;
    }
    EXPECT_EQ(lab({"race", "-h"}).out, lab({"race", "--help"}).out);
    EXPECT_EQ(lab({"agenda", "-h"}).out, lab({"agenda", "--help"}).out);
    EXPECT_FALSE(fs::exists(folder + "/build"));
}

/* As CMake writes it where it looks for new files: build.ninja is always to be
 * made anew, perhaps. */
TEST_F(FrontDoor, ALookForNewFilesIsNotBuilding)
{
    fs::remove(folder + "/path/ninja");
    std::ofstream(folder + "/build/release/looked").close();
    std::ofstream(folder + "/build/release/build.ninja")
        << "rule look\n  command = true\n  restat = 1\n"
           "  description = Re-checking globbed directories...\n"
           "rule run\n  command = true\n  generator = 1\n"
           "rule make\n  command = cp $in $out\n"
           "build always: phony\n"
           "build looked: look | always\n"
           "build build.ninja: run looked\n"
           "build made: make source\n"
           "build waitlab: phony made\n";
    std::ofstream(folder + "/build/release/source");
    if (run(
            {}, [] {}, "/usr/bin/ninja")
            .code == 127)
        GTEST_SKIP() << "ninja is missing";
    Ran ran = lab({"fetch", "URL"});
    EXPECT_NE(ran.err.find("lab: building waitlab"), std::string::npos)
        << ran.err;
    EXPECT_EQ(ran.out, "waitlab|fetch|URL|");
    ran = lab({"fetch", "URL"});
    EXPECT_EQ(ran.err, "");
    EXPECT_EQ(ran.out, "waitlab|fetch|URL|");
}

/* CMake has made folders in bin already when it has configured the build. */
TEST_F(FrontDoor, TheFirstBuildSaysThatItTakesItsTime)
{
    const std::string bin = folder + "/build/release/bin";
    fs::rename(bin, folder + "/built");
    fs::create_directories(bin + "/talks");
    script("path/ninja", "case \"$*\" in\n"
                         "*' -n '*) echo '[1/1] CC' ;;\n"
                         "*waitlab) cp \"$2/../../built/\"* \"$2/bin\" ;;\n"
                         "esac");
    const std::string once = ": once, it takes a minute or two";
    Ran ran = lab({"fetch", "URL"});
    EXPECT_NE(ran.err.find("lab: building waitlab"), std::string::npos)
        << ran.err;
    EXPECT_NE(ran.err.find(once), std::string::npos) << ran.err;
    ran = lab({"fetch", "URL"});
    EXPECT_NE(ran.err.find("lab: building waitlab"), std::string::npos)
        << ran.err;
    EXPECT_EQ(ran.err.find(once), std::string::npos) << ran.err;
}

/* A commit hook has GIT_DIR, a developer a filter of tests, a build of
 * something else its folders of headers. */
TEST_F(FrontDoor, VariablesForOtherWorkStayOutside)
{
    const std::vector<std::string> outside = {
        "GIT_DIR",   "GTEST_FILTER",         "GTEST_TOTAL_SHARDS",
        "CPATH",     "LIBRARY_PATH",         "NINJA_STATUS",
        "CTEST_FOO", "CTEST_NO_TESTS_ACTION"};
    const std::vector<std::string> inside = {"CTEST_OUTPUT_ON_FAILURE",
                                             "CTEST_PARALLEL_LEVEL", "HOME"};
    script("build/release/bin/waitlab", "env");
    script("path/ctest", "env");
    for (std::string command : {"test", "fetch"}) {
        Ran ran = run(
            {command},
            [&] {
                setenv("PATH", path().c_str(), 1);
                for (auto &names : {outside, inside})
                    for (auto &name : names)
                        setenv(name.c_str(), "1", 1);
            },
            folder + "/lab");
        EXPECT_EQ(ran.code, 0) << ran.err;
        std::string environment = "\n" + ran.out;
        for (auto &name : outside)
            EXPECT_EQ(environment.find("\n" + name + "="), std::string::npos)
                << environment;
        for (auto &name : inside)
            EXPECT_NE(environment.find("\n" + name + "="), std::string::npos)
                << environment;
    }
}

/* Debian 13 has as a library what Debian 12 has as sources, in another package.
 */
TEST_F(FrontDoor, APackageIsAskedForByTheNameThatThisReleaseKnows)
{
    const std::string all = "printf '%s installed;' \"$@\"";
    for (std::string name : {"libllhttp-dev", "node-llhttp"}) {
        std::string pattern = " *(libllhttp-dev|node-llhttp) installed;";
        script("path/dpkg-query", all + " | sed -E 's/" + pattern + "//g'");
        script("path/apt-cache", "[ \"$2\" = " + name + " ]");
        Ran ran = lab({"test", "-N"});
        EXPECT_NE(ran.err.find("  libllhttp-dev or node-llhttp "),
                  std::string::npos)
            << ran.err;
        EXPECT_NE(ran.err.find("apt-get install  " + name + "\n"),
                  std::string::npos)
            << ran.err;
        script("path/dpkg-query",
               all + " | sed 's/" +
                   (name == "node-llhttp" ? "libllhttp-dev" : "node-llhttp") +
                   " installed;//'");
        EXPECT_EQ(lab({"test", "-N"}).err.find("lacks"), std::string::npos);
    }
}

TEST_F(FrontDoor, TheLearnersOwnIsRacedWithWhatFollows)
{
    std::string begin = "learn|--root|" + folder + "|",
                end = "--build|" + folder + "/build/release|race|E0|-c|--mine|";
    for (auto &mine : {std::vector<std::string>{"--mine", "E0"},
                       std::vector<std::string>{"--mine=E0"}}) {
        std::vector<std::string> words = {"--lessons", "L", "race"};
        words.insert(words.end(), mine.begin(), mine.end());
        words.insert(words.end(), {"-c", "--mine"});
        EXPECT_EQ(lab(words).out, begin + "--lessons|L|" + end);
    }
    for (auto &words : {std::vector<std::string>{"race", "--mine"},
                        std::vector<std::string>{"race", "--mine="},
                        std::vector<std::string>{"fetch", "--mine", ""}}) {
        Ran ran = lab(words);
        EXPECT_EQ(ran.code, 1);
        EXPECT_EQ(ran.err, "lab: --mine wants a lesson, as in --mine E0\n");
    }
}

TEST_F(FrontDoor, HelpTakesNoBuild)
{
    fs::remove_all(folder + "/build");
    for (std::string command : {"fetch", "race", "serve"}) {
        std::string built = run({command, "--help"}).out;
        EXPECT_EQ(lab({"help", command}).out, built);
        EXPECT_EQ(lab({command, "--help"}).out, built);
    }
    EXPECT_FALSE(fs::exists(folder + "/build"));
}

TEST_F(FrontDoor, MoreInFlightThanThereArePagesIsTheSmallerOfTheTwo)
{
    Ran ran =
        run({"race", "--out", folder, "-n", "3", "-c", "10,20", "--delay",
             "1ms", "--rounds", "1", "--models", "threads", "--no-chart"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("own: 3 pages, 3 in flight"), std::string::npos)
        << ran.out;
    EXPECT_EQ(ran.out.find("of 10"), std::string::npos) << ran.out;
    EXPECT_EQ(ran.out.find("own:", ran.out.find("own:") + 1), std::string::npos)
        << ran.out;
    EXPECT_EQ(ran.out.find("×floor"), std::string::npos) << ran.out;
}

TEST_F(FrontDoor, AColumnIsExplainedWhereItIs)
{
    Ran ran =
        run({"race", "--out", folder, "-n", "3", "-c", "2", "--delay", "1ms",
             "--rounds", "1", "--models", "epoll", "--floor", "--no-chart"});
    EXPECT_NE(ran.out.find(" ×floor "), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("×floor: "), std::string::npos) << ran.out;
}

/* As on a disk that is read only, where even root writes nothing. */
TEST_F(FrontDoor, WhereNothingCanBeWrittenItSaysSoInASentence)
{
    fs::remove_all(folder + "/build");
    fs::create_symlink("/proc/self/nothing", folder + "/build");
    Ran ran = lab({"fetch", "URL"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.err.find("lab: this cannot be written to: " + folder +
                           "/build. Copy the checkout to a folder of your own"),
              0u)
        << ran.err;
}

TEST_F(FrontDoor, WhatWasMovedOrCopiedIsBuiltAnew)
{
    const std::string cache = folder + "/build/release/CMakeCache.txt";
    const std::string home = "CMAKE_HOME_DIRECTORY:INTERNAL=";
    fs::create_directories(folder + "/kept");
    fs::copy(folder + "/build/release", folder + "/kept/release",
             fs::copy_options::recursive);
    script("path/cmake", "rm -rf build/release; cp -r kept/release build");
    fs::create_symlink(folder, outer + "/here");
    std::ofstream(cache) << home << outer << "/here\n";
    Ran ran = lab({"fetch", "URL"});
    EXPECT_EQ(ran.out, "waitlab|fetch|URL|") << ran.err;
    EXPECT_TRUE(fs::exists(cache)) << ran.err;
    std::ofstream(cache) << home << outer << "\n";
    ran = lab({"fetch", "URL"});
    EXPECT_EQ(ran.out, "waitlab|fetch|URL|") << ran.err;
    EXPECT_NE(ran.err.find("moved or copied: release is built anew\n"),
              std::string::npos)
        << ran.err;
    EXPECT_FALSE(fs::exists(cache)) << ran.err;
}

/* Each of the three builds, and a check of a lesson. */
TEST_F(FrontDoor, SetupEndsWithReady)
{
    fs::create_directories(folder + "/lessons/E0");
    for (std::string preset : {"asan", "tsan"})
        fs::copy(folder + "/build/release", folder + "/build/" + preset,
                 fs::copy_options::recursive);
    script("path/ninja", "echo \"$*\" >>\"$(dirname \"$0\")/../asked\"; "
                         "echo 'ninja: no work to do.'");
    Ran ran = lab({"setup"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.err.find("lab: ready, also without a network:"),
              std::string::npos)
        << ran.err;
    std::ifstream in(folder + "/asked");
    std::stringstream asked;
    asked << in.rdbuf();
    for (std::string words :
         {"release/build.ninja -n all\n",
          "tsan/build.ninja -n lesson_thread_checks\n",
          "asan/build.ninja -n learn lesson_checks lesson_proof\n"})
        EXPECT_NE(asked.str().find(words), std::string::npos) << asked.str();
    script("build/asan/bin/learn", "echo NOT PROVEN; exit 1");
    ran = lab({"setup"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("NOT PROVEN\nlab: lessons cannot be checked here"),
              std::string::npos)
        << ran.err;
    EXPECT_EQ(lab({"setup", "E0"}).code, 2);
}

/* A learner begins with one lesson, and its check is not the longest of them.
 */
TEST_F(FrontDoor, ALessonIsBegunWithoutTheChecksOfTheOthers)
{
    for (std::string lesson : {"E0", "P2"}) {
        fs::create_directories(folder + "/lessons/" + lesson);
        std::ofstream(folder + "/lessons/" + lesson + "/lesson.json")
            << R"({"steps": [{"functions": []}, {"functions": []}]})";
    }
    fs::copy(folder + "/build/release", folder + "/build/asan",
             fs::copy_options::recursive);
    script("path/ninja", "echo \"$*\" >>\"$(dirname \"$0\")/../asked\"; "
                         "echo 'ninja: no work to do.'");
    fs::create_directories(folder + "/work");
    std::ofstream(folder + "/work/state") << "at P2 3\n";
    auto asked = [&](const std::vector<std::string> &words) {
        fs::remove(folder + "/asked");
        Ran ran = lab(words);
        std::ifstream in(folder + "/asked");
        std::stringstream text;
        text << in.rdbuf();
        const std::string needle = "build.ninja -n ";
        size_t at = text.str().find(needle);
        return at == std::string::npos ? ran.err
                                       : text.str().substr(at + needle.size());
    };
    EXPECT_EQ(asked({"start", "e0.2"}), "learn lesson_base lesson_E0_check\n");
    EXPECT_EQ(asked({"learn"}), "learn lesson_base lesson_P2_check\n");
    EXPECT_EQ(asked({"check", "Step2.One"}),
              "learn lesson_base lesson_P2_check\n");
    EXPECT_EQ(asked({"lesson", "check", "E0"}),
              "learn lesson_proof lesson_E0_check\n");
    EXPECT_EQ(asked({"list"}), "learn\n");
    for (std::string step : {"Q1", "E0.3", "e0.0", "P2.100"})
        EXPECT_EQ(asked({"start", step}),
                  "lab: there is no step '" + step +
                      "'. ./lab list shows them all, and a step is written "
                      "E0.2\n")
            << "nothing was built";
}
