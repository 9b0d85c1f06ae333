/* SPDX-License-Identifier: MIT */
/* Signals that the starter of a command had ignored. */
#include "harness/models.h"
#include "support/child.h"
#include "support/program.h"
#include "support/tiny_server.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace
{

/* What it starts is in its group, as on a terminal. */
Before ignoring(int number)
{
    return [number] {
        setpgid(0, 0);
        signal(number, SIG_IGN);
    };
}

const int ends[] = {SIGINT, SIGTERM};

} // namespace

/* The signal comes while the page is waited for, as by Ctrl-C to the program
 * and to all that it has started. */
TEST(IgnoredSignals, DoNotEndAFetchInAnyModel)
{
    for (size_t i = 0; models[i]; i++)
        for (int number : ends) {
            if (models_why_not(models[i]))
                continue;
            SCOPED_TRACE(std::string(models[i]->name) + strsignal(number));
            std::promise<void> asked, signalled;
            TinyServer server([&](int fd, int) {
                TinyServer::read_head(fd);
                asked.set_value();
                signalled.get_future().wait();
                TinyServer::say(fd, TinyServer::page("page"));
            });
            Program program(
                {"fetch", "--model", models[i]->name,
                 "http://127.0.0.1:" + std::to_string(server.port()) + "/"},
                ignoring(number));
            asked.get_future().wait();
            signal_group(program.number(), number);
            signalled.set_value();
            EXPECT_EQ(program.wait(), 0) << program.err;
            EXPECT_EQ(program.out, "page");
        }
}

TEST(IgnoredSignals, DoNotEndAServer)
{
    for (int number : ends) {
        Program server({"serve"}, ignoring(number));
        std::string url = server.line();
        signal_group(server.number(), number);
        EXPECT_EQ(run({"fetch", url + "bytes/10"}).out.size(), 10u);
        server.signal(number == SIGINT ? SIGTERM : SIGINT);
        EXPECT_EQ(server.wait(), 0) << server.err;
    }
}

TEST(IgnoredSignals, DoNotEndARoom)
{
    for (int number : ends) {
        Program room({"--root", WAITLAB_SOURCE_DIR, "--build", LEARN_BUILD,
                      "room", "--serve"},
                     ignoring(number), LEARN_PROGRAM);
        std::string line, url;
        while (url.empty() && !(line = room.line()).empty())
            if (line.find("http://") != std::string::npos)
                url = line.substr(line.find("http://"));
        url = url.substr(0, url.find(' '));
        signal_group(room.number(), number);
        EXPECT_EQ(run({"fetch", url}).code, 0) << url;
        room.signal(number == SIGINT ? SIGTERM : SIGINT);
        EXPECT_EQ(room.wait(), 0) << room.err;
    }
}

/* The signal comes while it waits for what it is to read. */
TEST(IgnoredSignals, DoNotEndWhatMakesPages)
{
    char folder[] = "/tmp/waitlab-signals-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    const std::string in = std::string(folder) + "/",
                      house = WAITLAB_SOURCE_DIR "/";
    fs::create_directories(in + "lessons/E0");
    fs::copy(house + "lessons/E0/README.md", in + "lessons/E0/README.md");
    struct {
        std::string source, pipe;
        std::vector<std::string> words;
    } rows[] = {
        {house + "tests/harness/results_fixture.json",
         in + "results.json",
         {house + "harness/report/report.py", in + "results.json", "--out",
          in + "report.html"}},
        {house + "lessons/E0/lesson.json",
         in + "lessons/E0/lesson.json",
         {house + "lessons/print/slides.py", "--lessons", in + "lessons",
          "--html", "--out", in}},
    };
    for (const auto &row : rows) {
        ASSERT_EQ(mkfifo(row.pipe.c_str(), 0600), 0);
        for (int number : {SIGINT, SIGTERM, SIGHUP}) {
            std::vector<std::string> words = {"-B"};
            words.insert(words.end(), row.words.begin(), row.words.end());
            Program program(words, ignoring(number), "/usr/bin/python3");
            std::ofstream pipe(row.pipe); /* when it is read */
            signal_group(program.number(), number);
            pipe << std::ifstream(row.source).rdbuf();
            pipe.close();
            EXPECT_EQ(program.wait(), 0) << row.pipe << program.err;
        }
    }
    EXPECT_TRUE(fs::exists(in + "report.html"));
    EXPECT_TRUE(fs::exists(in + "slides.html"));
    fs::remove_all(folder);
}

/* Sent to the race, and to all that it has started. */
TEST(IgnoredSignals, DoNotEndARace)
{
    char folder[] = "/tmp/waitlab-signals-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    std::string script = std::string(folder) + "/contestant";
    for (int number : ends) {
        std::ofstream(script)
            << "#!/bin/sh\nkill -" << number << " $PPID\n"
            << "for stat in /proc/[0-9]*/stat; do\n"
               "    read -r pid name state parent rest <$stat || continue\n"
               "    [ $parent != $PPID ] || kill -"
            << number << " $pid\ndone 2>/dev/null\n"
            << "exec " WAITLAB_PROGRAM " \"$@\"\n";
        fs::permissions(script, fs::perms::owner_all);
        Ran ran = run({"race", "--out", folder, "-n", "2", "--delay", "1ms",
                       "--rounds", "1", "--models", "sequential,threads",
                       "--no-chart", "--contestant", script},
                      ignoring(number));
        EXPECT_EQ(ran.code, 0) << ran.err;
    }
    fs::remove_all(folder);
}
