/* SPDX-License-Identifier: MIT */
/* The race as a person runs it: what it writes, and its exit code. No time is
 * ever checked. */
#include "harness/floors/floors.h"
#include "harness/models.h"
#include "harness/race/peers.h"
#include "harness/race/shelf.h"
#include "origin_fixture.h"
#include "support/program.h"
#include "support/sanitizer.h"

#include <algorithm>
#include <cjson/cJSON.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <sstream>
#include <sys/resource.h>

namespace fs = std::filesystem;
using Json = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

static bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

static double number(const cJSON *json, const char *name)
{
    return cJSON_GetNumberValue(cJSON_GetObjectItem(json, name));
}

static std::string text(const cJSON *json, const char *name)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItem(json, name));
    return value ? value : "";
}

#define RUN_IT "exec " WAITLAB_PROGRAM " \"$@\""

class Race : public testing::Test
{
  protected:
    Race()
    {
        char name[] = "/tmp/waitlab-race-XXXXXX";
        folder = mkdtemp(name);
    }

    ~Race() override
    {
        fs::remove_all(folder);
    }

    std::vector<std::string> small(std::vector<std::string> more = {})
    {
        std::vector<std::string> all = {
            "race", "--out",   folder, "-c",       "2", "-n",
            "20",   "--delay", "1ms",  "--rounds", "1", "--no-chart"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    /* A shell script in the place of the program that runs contestants. */
    std::string contestant(const std::string &script)
    {
        std::string path = folder + "/contestant";
        std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
        fs::permissions(path, fs::perms::owner_all);
        return path;
    }

    Json results()
    {
        std::ifstream file(folder + "/results.json");
        std::stringstream bytes;
        bytes << file.rdbuf();
        return Json(cJSON_Parse(bytes.str().c_str()), cJSON_Delete);
    }

    std::string folder;
};

/* What goes into the foot of a chart. */
void expect_a_line(const cJSON *json, const char *name)
{
    std::string line = text(json, name);
    EXPECT_NE(line, "") << name;
    EXPECT_EQ(line.find('\n'), std::string::npos) << name << ": " << line;
}

TEST_F(Race, WritesWhatItsDocumentPromises)
{
    Ran ran = run(small({"--models", "all", "--floors"}));
    EXPECT_EQ(ran.code, 0) << ran.err;
    Json json = results();
    ASSERT_TRUE(json);
    EXPECT_TRUE(cJSON_IsTrue(cJSON_GetObjectItem(json.get(), "complete")));
    expect_a_line(json.get(), "commit");
    expect_a_line(json.get(), "date");
    const cJSON *machine = cJSON_GetObjectItem(json.get(), "machine");
    EXPECT_LE(number(machine, "cores"), number(machine, "cores_online"));
    for (const char *name : {"cpu", "kernel", "compiler", "distribution"})
        expect_a_line(machine, name);

    size_t timed = 0;
    const cJSON *run_json;
    cJSON_ArrayForEach(run_json, cJSON_GetObjectItem(json.get(), "runs"))
    {
        SCOPED_TRACE(text(run_json, "model") + " " + text(run_json, "block"));
        EXPECT_TRUE(cJSON_IsNull(cJSON_GetObjectItem(run_json, "error")));
        EXPECT_EQ(number(run_json, "errors"), 0);
        EXPECT_EQ(number(run_json, "round"), 1);
        EXPECT_GE(number(run_json, "cpu_user_s"), 0);
        EXPECT_GE(number(run_json, "cpu_system_s"), 0);
        EXPECT_GE(number(run_json, "steal_s"), 0);
        EXPECT_GE(number(run_json, "throttled_s"), 0);
        EXPECT_GE(number(run_json, "other_cpu_s"), 0);
        EXPECT_GT(number(run_json, "wall_s"), 0);
        EXPECT_GT(number(run_json, "peak_pss_bytes"), 0);
        EXPECT_EQ(number(run_json, "body_bytes"),
                  1024 * number(run_json, "requests"));
        EXPECT_LE(number(run_json, "origin_max_in_flight"),
                  number(run_json, "concurrency"));
        EXPECT_EQ(number(run_json, "origin_served"),
                  number(run_json, "requests") +
                      (text(run_json, "model").rfind("floor-", 0) == 0));
        /* A busy machine has some of them repeated. */
        timed += text(run_json, "block") == "own" &&
                 number(run_json, "attempt") == 1;
    }
    size_t expected = 0;
    for (size_t i = 0; models[i]; i++)
        expected += models_why_not(models[i]) == nullptr;
    for (size_t i = 0; floors[i]; i++)
        expected++;
    EXPECT_EQ(timed, expected);
}

TEST_F(Race, PrintsARowForEachInHundredColumns)
{
    Ran ran = run(small({"--models", "sequential,threads"}));
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out, "\nsequential "));
    EXPECT_TRUE(contains(ran.out, "\nthreads "));
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
        auto starts = std::count_if(line.begin(), line.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        });
        EXPECT_LE(starts, 101) << line;
    }
}

/* A contestant whose requests take 100 µs of CPU each, and no time. */
static const char costs_100_us[] =
    "while [ $# -gt 0 ]; do [ \"$1\" != -n ] || n=$2; shift; done\n"
    "echo '{\"finished\":'$n',\"errors\":0,\"body_bytes\":0,"
    "\"in_flight_max\":1,\"wall_s\":'${n}e-4',\"cpu_user_s\":'${n}e-4',"
    "\"cpu_system_s\":0,\"switches_voluntary\":0,\"switches_involuntary\":0,"
    "\"base_pss_bytes\":null,\"error\":null}'";

TEST_F(Race, RepeatsATurnWithMorePagesUntilItIsLongEnough)
{
    Ran ran = run({"race", "--out", folder, "-c", "2", "--delay", "0",
                   "--rounds", "2", "--no-chart", "--models", "callbacks",
                   "--floor", "--contestant", contestant(costs_100_us)});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out, "6300")) << ran.out;
    EXPECT_FALSE(contains(ran.out, "~")) << ran.out;
    Json json = results();
    int timed = 0;
    const cJSON *run_json;
    cJSON_ArrayForEach(run_json, cJSON_GetObjectItem(json.get(), "runs"))
    {
        if (text(run_json, "block") != "own")
            continue;
        timed += number(run_json, "attempt") == 1;
        EXPECT_EQ(number(run_json, "requests"), 6300);
        EXPECT_TRUE(cJSON_IsFalse(cJSON_GetObjectItem(run_json, "too_short")));
    }
    EXPECT_EQ(timed, 6) << "tries are not booked";
}

/* A request that waits for those before it is late from its own beginning on,
 * as the naive figure sees it. */
TEST_F(Race, OpenLoadCountsFromWhenARequestWasDue)
{
    Ran ran = run({"race", "--out", folder, "--rate", "10000", "--burst", "5",
                   "-n", "20", "--delay", "5ms", "--rounds", "1", "--no-chart",
                   "--models", "sequential"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out, "naive")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "5 at a time")) << ran.out;
    Json json = results();
    const cJSON *run_json =
        cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "runs"), 0);
    const cJSON *due = cJSON_GetObjectItem(run_json, "latency");
    const cJSON *naive = cJSON_GetObjectItem(run_json, "latency_naive");
    EXPECT_EQ(number(run_json, "rate"), 10000);
    /* The last of twenty is due within 2 ms and answered after 100. */
    EXPECT_GE(number(due, "max_s"), 0.098);
    EXPECT_GE(number(due, "p50_s"), 0.045);
    EXPECT_GE(number(naive, "p50_s"), 0.005);
    EXPECT_LE(number(naive, "max_s"), number(due, "max_s"));
    EXPECT_LE(number(naive, "p50_s"), number(due, "p50_s"));
}

/* The client computes 1 ms for each page, in CPU. */
TEST_F(Race, WorkIsDoneForEachPage)
{
    Ran ran = run(small({"--work", "1ms", "--models", "sequential,threads"}));
    EXPECT_EQ(ran.code, 0) << ran.err;
    Json json = results();
    const cJSON *run_json;
    cJSON_ArrayForEach(run_json, cJSON_GetObjectItem(json.get(), "runs"))
    {
        EXPECT_GE(number(run_json, "cpu_user_s") +
                      number(run_json, "cpu_system_s"),
                  0.0009 * number(run_json, "requests"));
        EXPECT_EQ(number(run_json, "work_s"), 0.001);
    }
}

static double figure(const cJSON *row, const char *which, const char *name)
{
    return number(cJSON_GetObjectItem(row, which), name);
}

TEST_F(Race, TheLedgerTakesAwayTheBaseCase)
{
    Ran ran = run(small({"--ledger", "--models", "epoll"}));
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out, "\nminus sequential:\nepoll ")) << ran.out;
    Json json = results();
    const cJSON *rows = cJSON_GetObjectItem(json.get(), "ledger");
    ASSERT_EQ(cJSON_GetArraySize(rows), 2);
    const cJSON *base = cJSON_GetArrayItem(rows, 0),
                *row = cJSON_GetArrayItem(rows, 1);
    EXPECT_EQ(text(base, "model"), "sequential");
    EXPECT_EQ(text(row, "model"), "epoll");
    EXPECT_EQ(text(row, "base"), "sequential");
    EXPECT_GT(figure(row, "page", "cpu_s"), 0);
    /* At its end the leak sanitizer looks from a thread of its own. */
    EXPECT_GE(figure(row, "page", "threads"), 1);
    EXPECT_LE(figure(row, "page", "threads"), 2);
    for (const char *name : {"wall_s", "cpu_s", "wakeups", "peak_pss_bytes"})
        EXPECT_DOUBLE_EQ(figure(row, "minus_base", name),
                         figure(row, "page", name) - figure(base, "page", name))
            << name;
        /* Where a sanitizer is in the way, or none may look at another, or what
         * reads the compiler's notes is missing, it is said. */
#if defined(WITH_ASAN) || defined(WITH_TSAN)
    bool may_look = false;
#else
    bool may_look = !contains(ran.err, "look at another");
#endif
    EXPECT_TRUE(!may_look || !contains(ran.err, "counted")) << ran.err;
    if (!contains(ran.err, "counted")) {
        EXPECT_NEAR(figure(base, "page", "system_calls"), 8, 1)
            << "socket, connect, send, recv, their options and close";
        EXPECT_GT(figure(row, "minus_base", "system_calls"), -8);
    }
    const cJSON *client = cJSON_GetObjectItem(
        cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "models"), 1),
        "client");
    EXPECT_EQ(text(client, "files"), "nonblocking/conn.c");
    EXPECT_TRUE(!may_look || contains(ran.err, "addr2line is missing") ||
                !contains(ran.err, "passes through"))
        << ran.err;
    if (!contains(ran.err, "passes through")) {
        EXPECT_GT(number(client, "functions_passed"), 3);
        EXPECT_LE(number(client, "functions_passed"),
                  number(client, "functions"));
        EXPECT_LE(number(client, "lines_passed"), number(client, "lines"));
    }
}

TEST_F(Race, SimultaneousConnectionsAreThereAtOneMoment)
{
    std::vector<std::string> words = {
        "race", "--out",    folder, "--processes", "3",        "-c",
        "10",   "--rounds", "1",    "--no-chart",  "--models", "epoll,threads"};
    Ran ran = run(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out,
                         "simultaneous: 10 connections at one moment, in 3 "
                         "processes"))
        << ran.out;
    EXPECT_TRUE(contains(ran.out, " 10/10 ")) << ran.out;
    Json json = results();
    const cJSON *run_json;
    cJSON_ArrayForEach(run_json, cJSON_GetObjectItem(json.get(), "runs"))
    {
        SCOPED_TRACE(text(run_json, "model"));
        for (const char *name :
             {"finished", "in_flight_max", "origin_max_in_flight",
              "origin_accepted", "origin_served"})
            EXPECT_EQ(number(run_json, name), 10) << name;
        EXPECT_EQ(number(run_json, "errors"), 0);
        EXPECT_EQ(number(run_json, "body_bytes"), 10240);
        EXPECT_EQ(number(run_json, "processes"), 3);
        EXPECT_EQ(number(run_json, "processes_max"), 4);
        EXPECT_GE(number(run_json, "threads_max"),
                  text(run_json, "model") == "epoll" ? 4 : 14);
        /* Which is more also depends on what else runs this program. */
        EXPECT_GT(number(run_json, "peak_pss_bytes"), 0);
        EXPECT_GT(number(run_json, "base_pss_bytes"), 0);
    }

    /* What a contestant claims is not believed. */
    words.insert(words.end(), {"--contestant", contestant(costs_100_us)});
    ran = run(words);
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_TRUE(contains(ran.err, "only 0 of 10 were in flight")) << ran.err;
}

TEST_F(Race, NamesAPeerThatIsMissingAndDoubtsWhatOneSays)
{
    std::ofstream(folder + "/ab") << "#!/bin/sh\n"
                                     "echo 'Complete requests: 20'\n";
    fs::permissions(folder + "/ab", fs::perms::owner_all);
    auto alone = [this] { setenv("PATH", folder.c_str(), 1); };
    Ran ran = run(small({"--models", "epoll,ab"}), alone);
    EXPECT_EQ(ran.code, 1);
    Ran refused = run(small({"--models", "epoll,ab,wrk,h2load"}), alone);
    EXPECT_EQ(refused.code, 2);
    EXPECT_EQ(refused.err, "race: cannot do without wrk (apt install wrk), "
                           "h2load (apt install nghttp2-client)\n");
    EXPECT_TRUE(contains(ran.err, "it reports 20 pages, but the origin "
                                  "has served 0"))
        << ran.err;
    EXPECT_TRUE(contains(ran.out, "\nab* ")) << ran.out;
    Json json = results();
    const cJSON *model =
        cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "models"), 1);
    EXPECT_EQ(text(model, "name"), "ab");
    EXPECT_EQ(text(model, "family"), "peer");
}

TEST_F(Race, ATalksOwnProgramReportsAsAContestantDoes)
{
    char path[PEER_PATH_SIZE];
    if (peer_find(peers_find("py-asyncio"), path))
        GTEST_SKIP() << "no Python: apt install python3";
    Ran ran = run(small({"--models", "py-asyncio"}));
    EXPECT_EQ(ran.code, 0) << ran.err;
    Json json = results();
    const cJSON *run_json =
        cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "runs"), 0);
    EXPECT_EQ(number(run_json, "finished"), 20);
    EXPECT_EQ(number(run_json, "origin_served"), 20);
    EXPECT_EQ(number(run_json, "body_bytes"), 20 * 1024);
    /* Which of the two it was, a kernel may guess. */
    EXPECT_GT(number(run_json, "cpu_user_s") + number(run_json, "cpu_system_s"),
              0);
    /* What was not asked for is counted as another contestant counts it. */
    auto script = contestant("exec " + std::string(path) +
                             " -E " WAITLAB_SOURCE_DIR
                             "/harness/peers/streams.py \"$@\" --body-size 7");
    ran = run(small({"--models", "epoll", "--contestant", script}));
    EXPECT_EQ(ran.code, 1);
    json = results();
    run_json = cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "runs"), 0);
    EXPECT_EQ(number(run_json, "errors"), 20);
    EXPECT_EQ(number(run_json, "body_bytes"), 0);
}

TEST_F(Race, OnAServerThatIsNotItsOwn)
{
    Origin server;
    std::string base = "http://127.0.0.1:" + std::to_string(server.port);
    std::vector<std::string> words = {"race",
                                      "--out",
                                      folder,
                                      "-n",
                                      "20",
                                      "--rounds",
                                      "1",
                                      "--no-chart",
                                      "--models",
                                      "epoll",
                                      "--floor",
                                      "--url",
                                      base + "/bytes/77"};
    Ran ran = run(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out, "From " + base + "/bytes/77")) << ran.out;
    Json json = results();
    const cJSON *settings = cJSON_GetObjectItem(json.get(), "settings");
    EXPECT_EQ(text(settings, "url"), base + "/bytes/77");
    EXPECT_EQ(number(settings, "page_bytes"), 77);
    const cJSON *run_json =
        cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "runs"), 0);
    EXPECT_EQ(number(run_json, "finished"), 20);
    EXPECT_EQ(number(run_json, "body_bytes"), 20 * 77);
    words.back() = base + "/status/404";
    Ran refused = run(words);
    EXPECT_EQ(refused.code, 3);
    EXPECT_TRUE(contains(refused.err, "the status 404")) << refused.err;
}

TEST_F(Race, MarksWhatIsTooShortToBeQuoted)
{
    Ran ran = run(small({"--delay", "0", "--models", "callbacks", "--floor",
                         "--contestant", contestant(costs_100_us)}));
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out, "~100 ")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "~1.00 ")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "too short to be")) << ran.out;
}

TEST_F(Race, FloorsKeepConnectionsAndOpenThemAnew)
{
    for (bool keep : {false, true}) {
        std::vector<std::string> more = {
            "--models", "floor-sequential,floor-threads,floor-fork,"
                        "floor-fork-pipe,floor-epoll,floor-epoll-late"};
        if (!floors_why_not(&floor_uring))
            more.back() += ",floor-uring";
        if (keep)
            more.push_back("--keep-alive");
        Ran ran = run(small(more));
        ASSERT_EQ(ran.code, 0) << ran.err;
        Json json = results();
        const cJSON *run_json;
        cJSON_ArrayForEach(run_json, cJSON_GetObjectItem(json.get(), "runs"))
        {
            SCOPED_TRACE(text(run_json, "model"));
            if (text(run_json, "block") != "own")
                continue;
            /* And one from which it learned the size of an answer. */
            double expected = keep ? number(run_json, "concurrency") : 20;
            EXPECT_EQ(number(run_json, "origin_accepted"), expected + 1);
        }
    }
}

TEST_F(Race, KeepsWhatWasMeasuredWhenInterrupted)
{
    Program race(small({"--models", "threads", "--rounds", "1000"}));
    /* Written after the first round, and then again and again. */
    while (!fs::exists(folder + "/results.json"))
        usleep(1000);
    race.signal(SIGINT);
    EXPECT_EQ(race.wait(), 130);
    Json json = results();
    ASSERT_TRUE(json);
    EXPECT_TRUE(cJSON_IsFalse(cJSON_GetObjectItem(json.get(), "complete")));
    EXPECT_GE(cJSON_GetArraySize(cJSON_GetObjectItem(json.get(), "runs")), 1);
    EXPECT_TRUE(contains(race.out, "\nthreads "));
    EXPECT_FALSE(fs::exists(folder + "/results.json.new"));
}

TEST_F(Race, RecordsTheOneThatCrashesAndGoesOnWithTheOthers)
{
    auto script = contestant("case \"$*\" in *'--model threads'*) kill -9 $$;; "
                             "esac\n" RUN_IT);
    Ran ran =
        run(small({"--models", "sequential,threads", "--contestant", script}));
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, "threads")) << ran.err;
    EXPECT_TRUE(contains(ran.err, "signal 9")) << ran.err;
    Json json = results();
    bool crashed = false, fine = false;
    const cJSON *run_json;
    cJSON_ArrayForEach(run_json, cJSON_GetObjectItem(json.get(), "runs"))
    {
        crashed |= text(run_json, "model") == "threads" &&
                   contains(text(run_json, "error"), "signal 9");
        fine |= text(run_json, "model") == "sequential" &&
                number(run_json, "finished") == 20;
    }
    EXPECT_TRUE(crashed);
    EXPECT_TRUE(fine);
}

TEST_F(Race, OnlyMineIsRunByTheProgramOfMine)
{
    auto script =
        contestant("case \"$*\" in *'--model callbacks'*) kill -9 $$;; esac");
    Ran ran = run(small({"--mine", "callbacks=" + script}));
    EXPECT_EQ(ran.code, 1);
    Json json = results();
    int mine = 0, ours = 0;
    const cJSON *run_json;
    cJSON_ArrayForEach(run_json, cJSON_GetObjectItem(json.get(), "runs"))
    {
        mine += text(run_json, "model") == "mine" &&
                contains(text(run_json, "error"), "signal 9");
        ours += text(run_json, "model") == "callbacks" &&
                number(run_json, "finished") == 20;
    }
    EXPECT_GT(mine, 0);
    EXPECT_GT(ours, 0);
}

TEST_F(Race, CountsAnswersThatAreNotTheOnesAskedFor)
{
    auto script = contestant(RUN_IT " --body-size 7");
    Ran ran = run(small({"--models", "sequential", "--contestant", script}));
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, "status 200 with a body of 1024 bytes"))
        << ran.err;
}

/* One clear sentence, exit code 2, and nothing started. */
using Words = std::vector<std::string>;

class Refuses : public testing::TestWithParam<Words>
{
};

TEST_P(Refuses, BadOptions)
{
    Ran ran = run(GetParam());
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
}

static std::vector<Words> each(const Words &command,
                               const std::vector<Words> &options)
{
    std::vector<Words> lines(options.size(), command);
    for (size_t i = 0; i < options.size(); i++)
        lines[i].insert(lines[i].end(), options[i].begin(), options[i].end());
    return lines;
}

INSTANTIATE_TEST_SUITE_P(
    Race, Refuses,
    testing::ValuesIn(
        each({"race"}, {{"--models", "nosuch"},
                        {"--models", ""},
                        {"--models", "threads,"},
                        {"--concurrency", "0"},
                        {"--concurrency", "10,,20"},
                        {"--concurrency", "1e9"},
                        {"--requests", "-1"},
                        {"--rounds", "many"},
                        {"--delay", "soon"},
                        {"--delay", "2m"},
                        {"--seed", "x"},
                        {"--out", ""},
                        {"--name", ""},
                        {"--rate", "0"},
                        {"--rate", "fast"},
                        {"--burst", "0"},
                        {"--rate", "10", "--floor"},
                        {"--rate", "10", "--peers"},
                        {"--tls", "--peers"},
                        {"--url", "http://192.0.2.1/"},
                        {"--url", "page"},
                        {"--url", "http://127.0.0.1:1/", "--delay", "1ms"},
                        {"--url", "http://localhost:1/", "--floor"},
                        {"--work", "1ms", "--peers"},
                        {"--work", "2s"},
                        {"--name", "latest"},
                        {"--name", "../up"},
                        {"--name", "a", "--out", "b"},
                        {"--mine", "program"},
                        {"--mine", "callbacks="},
                        {"--mine", "nosuch=program"},
                        {"--models", "sequential", "--out", "/proc/nowhere"},
                        {"--nonsense"},
                        {"--models"},
                        {"surplus"}})));

static Words urls(size_t count)
{
    Words words;
    for (size_t i = 0; i < count; i++)
        words.insert(words.end(), {"--url", "http://127.0.0.1:1/"});
    return words;
}

INSTANTIATE_TEST_SUITE_P(
    Contestant, Refuses,
    testing::ValuesIn(each({"contestant", "-c", "1", "-n", "2", "--url",
                            "http://127.0.0.1:1/"},
                           {{},
                            {"--model", ""},
                            {"--model", "nosuch"},
                            {"--model", "threads", "-c", "0"},
                            {"--model", "threads", "-c", "many"},
                            {"--model", "threads", "--url", "page"},
                            {"--model", "threads", "--warm-url", "page"},
                            {"--model", "threads", "--work", "soon"},
                            {"--model", "threads", "--timeout", "-1"},
                            {"--model", "threads", "--processes", "2"},
                            {"--model", "threads", "--nonsense"},
                            {"--model", "threads", "surplus"}})));

INSTANTIATE_TEST_SUITE_P(ContestantWithTooManyAddresses, Refuses,
                         testing::ValuesIn(each({"contestant", "--model",
                                                 "threads", "-c", "1", "-n",
                                                 "1"},
                                                {{}, urls(257)})));

/* The origin is the race's other child. */
TEST_F(Race, EndsWhenTheOriginIsGone)
{
    auto script =
        contestant("for stat in /proc/[0-9]*/stat; do\n"
                   "    read -r pid name state parent rest <$stat || continue\n"
                   "    [ $parent != $PPID ] || [ $pid = $$ ] || kill -9 $pid\n"
                   "done 2>/dev/null");
    Ran ran = run(small({"--models", "threads", "--contestant", script}));
    EXPECT_EQ(ran.code, 3);
    EXPECT_TRUE(contains(ran.err, "the origin is gone")) << ran.err;
    Json json = results();
    ASSERT_TRUE(json);
    EXPECT_TRUE(cJSON_IsFalse(cJSON_GetObjectItem(json.get(), "complete")));
}

/* Neither a table nor a chart can show how many pages in no time. */
TEST_F(Race, ARunThatTookNoTimeHasNotSucceeded)
{
    auto script = contestant(WAITLAB_PROGRAM " \"$@\" | sed 's/\"wall_s\":"
                                             "[^,}]*/\"wall_s\":0/'");
    Ran ran = run(small({"--models", "epoll", "--contestant", script}));
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, "it took no time that could be measured"))
        << ran.err;
}

TEST_F(Race, IsKeptUnderItsName)
{
    auto script = contestant(costs_100_us);
    fs::path before = fs::current_path();
    fs::current_path(folder);
    Ran ran =
        run({"race", "--name", "mine", "-c", "2", "-n", "20", "--rounds", "1",
             "--no-chart", "--models", "callbacks", "--contestant", script});
    fs::current_path(before);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out, "results/latest/results.json")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "Kept as results/mine-2")) << ran.out;
    EXPECT_TRUE(fs::exists(folder + "/results/latest/results.json"));
}

TEST_F(Race, ThatEndsBeforeItsFirstRoundLeavesTheOneBeforeTheLatest)
{
    auto script = contestant("kill -INT $PPID; exec sleep 60");
    fs::path before = fs::current_path();
    fs::current_path(folder);
    Ran ran = run({"race", "-c", "2", "-n", "20", "--rounds", "1", "--models",
                   "callbacks", "--contestant", script});
    fs::current_path(before);
    EXPECT_EQ(ran.code, 130) << ran.err;
    EXPECT_TRUE(contains(ran.err, "before its first round")) << ran.err;
    EXPECT_FALSE(contains(ran.out, "Medians")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "All figures: results/own-")) << ran.out;
    EXPECT_FALSE(fs::exists(folder + "/results/latest"));
}

TEST_F(Race, SaysWhatTheMachineDoesNotAllow)
{
    struct rlimit few = {64, 64};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    Ran ran = run(small({"-c", "1000", "--models", "threads"}));
    EXPECT_EQ(ran.code, 2);
    EXPECT_TRUE(contains(ran.err, "allows 64")) << ran.err;
}

/* ---- the shelf ---- */

class Shelf : public testing::Test
{
  protected:
    Shelf()
    {
        char name[] = "/tmp/waitlab-shelf-XXXXXX";
        shelf = mkdtemp(name);
    }

    ~Shelf() override
    {
        fs::remove_all(shelf);
    }

    std::string make(const char *name, time_t when)
    {
        struct buffer path = {};
        EXPECT_EQ(shelf_make(shelf.c_str(), name, when, &path), 0);
        std::string made = path.size ? path.data : "";
        buffer_deinit(&path);
        EXPECT_TRUE(fs::is_directory(made)) << made;
        return made;
    }

    std::string shelf;
};

TEST_F(Shelf, HasAFolderForEachRace)
{
    struct tm date = {};
    date.tm_year = 124, date.tm_mon = 1, date.tm_mday = 29;
    date.tm_hour = 12, date.tm_min = 34, date.tm_sec = 56;
    date.tm_isdst = -1;
    time_t when = mktime(&date);
    EXPECT_EQ(make("quick", when), shelf + "/quick-20240229-123456");
    EXPECT_EQ(make("full", when), shelf + "/full-20240229-123456");
    EXPECT_EQ(make("quick", when), shelf + "/quick-20240229-123456-2");
}

TEST_F(Shelf, LatestLeadsToTheLast)
{
    for (time_t when : {1000000, 2000000}) {
        std::string made = make("own", when);
        ASSERT_EQ(shelf_point(shelf.c_str(), made.c_str()), 0);
        EXPECT_EQ(fs::canonical(shelf + "/latest"), fs::canonical(made));
    }
    size_t things = 0;
    for ([[maybe_unused]] auto &thing : fs::directory_iterator(shelf))
        things++;
    EXPECT_EQ(things, 3u);
}

TEST_F(Shelf, WhatIsNotALinkStays)
{
    fs::create_directory(shelf + "/latest");
    std::string made = make("own", 1000000);
    EXPECT_EQ(shelf_point(shelf.c_str(), made.c_str()), -EINVAL);
    EXPECT_TRUE(fs::is_directory(fs::symlink_status(shelf + "/latest")));
}

/* Its figures of memory alone are not a race. */
TEST_F(Race, OfWhichNothingFitsIntoItsTimeHasNotSucceeded)
{
    fs::path before = fs::current_path();
    fs::current_path(folder);
    Ran ran = run({"race", "--quick", "--models", "sequential", "-c", "1", "-n",
                   "100", "--delay", "60"});
    fs::current_path(before);
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_TRUE(contains(ran.err, "would not fit into 30 seconds")) << ran.err;
    EXPECT_TRUE(contains(ran.err, "race: nothing was measured\n")) << ran.err;
    EXPECT_FALSE(fs::exists(folder + "/results/latest"));
}

TEST(RaceHelp, IsNotAnError)
{
    Ran ran = run({"race", "--help"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(contains(ran.out, "--quick"));
    EXPECT_EQ(ran.err, "");
}
