/* SPDX-License-Identifier: MIT */
/* For tests of what every command does: calls of all of them, each in the same
 * folder with the same files. */
#ifndef TESTS_REPORTS_EVERY_COMMAND_H
#define TESTS_REPORTS_EVERY_COMMAND_H

#include "harness/origin/origin.h"
#include "support/program.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <ios>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

/* One call of a command that prints something and ends by itself. */
struct Call {
    std::string name; /* the command, as the list has it that it is in */
    std::vector<std::string> words;
    int code; /* when its output is lost */
    std::string program = WAITLAB_PROGRAM;
    void (*before)() = nullptr;
};

inline std::string joined(const std::vector<std::string> &words)
{
    std::string all;
    for (auto &word : words)
        all += " " + word;
    return all;
}

inline const std::string house = WAITLAB_SOURCE_DIR "/";
inline const std::string results = house + "tests/harness/results_fixture.json";
const char python[] = "/usr/bin/python3";

/* Makes standard input a terminal at which nothing is typed. */
inline void at_terminal()
{
    int typist = posix_openpt(O_RDWR | O_NOCTTY);
    if (grantpt(typist) || unlockpt(typist))
        _exit(126);
    dup2(open(ptsname(typist), O_RDWR | O_NOCTTY), STDIN_FILENO);
}

class EveryCommand : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct origin_options options = {};
        ASSERT_EQ(origin_process_start(&origin, &options), 0);
        base = "http://127.0.0.1:" + std::to_string(origin.port);
        char name[] = "/tmp/waitlab-output-XXXXXX";
        folder = mkdtemp(name);
        there = folder + "/run";
        watched = std::to_string(origin.pid);
        const std::string before = folder + "/before";
        fs::create_directories(before);
        ASSERT_EQ(run(learn(before, {"start", "P0"}), {}, LEARN_PROGRAM).code,
                  0);
        std::ofstream(before + "/work/P0/blocking.c", std::ios::app) << "\n";
        ASSERT_EQ(
            run(learn(before, {"reset", "--yes"}), {}, LEARN_PROGRAM).code, 0);
    }

    void TearDown() override
    {
        origin_process_stop(&origin);
        fs::remove_all(folder);
    }

    static std::vector<std::string> learn(const std::string &root,
                                          const std::vector<std::string> &words)
    {
        std::vector<std::string> all = {"--root",    root,
                                        "--lessons", house + "lessons",
                                        "--build",   LEARN_BUILD};
        all.insert(all.end(), words.begin(), words.end());
        return all;
    }

    /* Each begins with the same files: they are in `there`. */
    std::vector<Call> waitlab_calls() const
    {
        return {
            {"help", {"help"}, 1},
            {"claims", {"claims", "--list"}, 1},
            {"claims", {"claims", "--tiny", "K3"}, 1},
            {"contestant",
             {"contestant", "--model", "sequential", "-c", "1", "-n", "1",
              "--url", base + "/bytes/10"},
             1},
            {"diff", {"diff", "callbacks", "tasks"}, 1},
            {"fetch", {"fetch", "--help"}, 8},
            {"fetch", {"fetch", "--list-models"}, 8},
            {"fetch", {"fetch", base + "/bytes/100"}, 8},
            {"fetch", {"fetch", base + "/bytes/200000"}, 8},
            {"fetch", {"fetch", "-I", base + "/"}, 8},
            {"fetch", {"fetch", "-n", "9", base + "/bytes/100"}, 8},
            {"fetch", {"fetch", "--json", "-n", "9", base + "/bytes/100"}, 8},
            {"ps", {"ps", "--for", "0", watched}, 1},
            {"pstree", {"pstree", "--for", "0", watched}, 1},
            {"race", {"race", "--help"}, 3},
            {"race",
             {"race", "--out", there, "-n", "2", "--delay", "1ms", "--rounds",
              "1", "--models", "sequential", "--no-chart"},
             3},
            {"serve", {"serve", "--help"}, 1},
            {"timeline",
             {"timeline", "--model", "sequential", "-n", "2", "--delay", "1ms",
              "--out", there},
             1},
        };
    }

    /* In P0, where a file was set aside. */
    std::vector<Call> learn_calls() const
    {
        std::vector<Call> calls = {
            {"learn", learn(there, {"learn"}), 1, LEARN_PROGRAM, at_terminal},
            {"lesson",
             {"--root", house, "--lessons", there, "lesson", "new", "X1"},
             1,
             LEARN_PROGRAM},
        };
        for (const std::vector<std::string> &words :
             std::vector<std::vector<std::string>>{{"--help"},
                                                   {"agenda", "90m"},
                                                   {"check"},
                                                   {"diff"},
                                                   {"hint"},
                                                   {"list"},
                                                   {"next"},
                                                   {"notes", "P0"},
                                                   {"play"},
                                                   {"predict"},
                                                   {"reset", "--yes"},
                                                   {"restore"},
                                                   {"room", there, "--once"},
                                                   {"solution"},
                                                   {"start", "P0"},
                                                   {"status"},
                                                   {"status", "--json"},
                                                   {"status", "--send", there},
                                                   {"wrong"}})
            calls.push_back({words[0], learn(there, words), 1, LEARN_PROGRAM});
        return calls;
    }

    std::vector<Call> python_calls() const
    {
        const std::vector<std::pair<std::string, std::vector<std::string>>>
            calls = {
                {"harness/chart/chart.py", {"--help"}},
                {"harness/chart/chart.py",
                 {results, "--only", "first", "--out", there}},
                {"harness/report/report.py", {"--help"}},
                {"harness/report/report.py",
                 {results, "--out", there + "/report.html"}},
                {"harness/room/hosts.py", {"--help"}},
                {"harness/room/merge.py", {results, "--out", there}},
                {"lessons/print/handout.py", {"--html", "--out", there, "P0"}},
                {"lessons/print/slides.py", {"--html", "--out", there, "P0"}},
            };
        std::vector<Call> all;
        for (auto &[script, words] : calls) {
            all.push_back({script, {"-B", house + script}, 1, python});
            all.back().words.insert(all.back().words.end(), words.begin(),
                                    words.end());
        }
        return all;
    }

    /* As it was before the call. */
    void begin_anew() const
    {
        fs::remove_all(there);
        fs::copy(folder + "/before", there, fs::copy_options::recursive);
    }

    Ran call_where_it_is(const Call &call, const Before &before)
    {
        return run(
            call.words,
            [&] {
                if (call.before)
                    call.before();
                if (before)
                    before();
            },
            call.program);
    }

    Ran call_with(const Call &call, const Before &before)
    {
        begin_anew();
        return call_where_it_is(call, before);
    }

    struct origin_process origin = {};
    std::string base, folder, there, watched;
};

#endif
