/* SPDX-License-Identifier: MIT */
/* Signals that the starter of a command had ignored. */
#include "harness/models.h"
#include "support/program.h"
#include "support/tiny_server.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>

namespace fs = std::filesystem;

namespace
{

Before ignoring(int number)
{
    return [number] { signal(number, SIG_IGN); };
}

const int ends[] = {SIGINT, SIGTERM};

} // namespace

/* The signal comes while the page is waited for. */
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
            program.signal(number);
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
        server.signal(number);
        EXPECT_EQ(run({"fetch", url + "bytes/10"}).out.size(), 10u);
        server.signal(number == SIGINT ? SIGTERM : SIGINT);
        EXPECT_EQ(server.wait(), 0) << server.err;
    }
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
