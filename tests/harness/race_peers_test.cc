/* SPDX-License-Identifier: MIT */
/* Other people's programs: what they are told, and what they say. */
#include "harness/race/peers.h"
#include "harness/race/tool.h"

#include <fstream>
#include <gtest/gtest.h>
#include <string>

static std::string command(const char *name, const struct peer_task &task)
{
    struct arguments words = {};
    std::string line;
    peers_find(name)->compose(&words, &task);
    for (size_t i = 0; i < words.count; i++)
        line += (i ? " " : "") + std::string(words.list[i]);
    arguments_deinit(&words);
    return line;
}

static bool read(const char *name, const char *said, struct record *record)
{
    record_init(record);
    record->requests = 100;
    return peers_find(name)->read(record, said);
}

TEST(Peers, AreToldHowManyAtATimeAndWhetherToKeepConnections)
{
    struct peer_task kept = {"http://127.0.0.1:1/fixed", 7, 100, true};
    struct peer_task opened = kept;
    opened.keep_alive = false;
    EXPECT_EQ(command("ab", kept),
              "ab -q -n100 -c7 -k http://127.0.0.1:1/fixed");
    EXPECT_EQ(command("ab", opened),
              "ab -q -n100 -c7 http://127.0.0.1:1/fixed");
    for (const char *name : {"h2load", "curl"}) {
        EXPECT_EQ(command(name, kept).find("Connection: close"),
                  std::string::npos);
        EXPECT_NE(command(name, opened).find("Connection: close"),
                  std::string::npos);
    }
    EXPECT_NE(command("curl", kept).find("/fixed#[1-100]"), std::string::npos);
    EXPECT_TRUE(peers_find("wrk")->always_keeps);
}

TEST(Peers, OfTheTalksAreContestantsThatPythonRuns)
{
    for (size_t i = 0; peers[i]; i++) {
        const struct peer *peer = peers[i];
        EXPECT_EQ(!peer->script, peer->compose && peer->read) << peer->name;
        if (!peer->script)
            continue;
        struct arguments words = {};
        peer_compose_script(&words, peer);
        ASSERT_EQ(words.count, 3u);
        EXPECT_TRUE(std::ifstream(words.list[2]).good()) << words.list[2];
        arguments_deinit(&words);
    }
}

TEST(Peers, WrkHasAsManyPagesAsThereWasTimeFor)
{
    struct record record;
    ASSERT_TRUE(read("wrk",
                     "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
                     "  115061 requests in 2.01s, 121.25MB read\n"
                     "  Socket errors: connect 1, read 2, write 0, timeout 4\n"
                     "  Non-2xx or 3xx responses: 8\n",
                     &record));
    EXPECT_EQ(record.requests, 115061u);
    EXPECT_EQ(record.finished, 115061u);
    EXPECT_EQ(record.wall_s, 2.01);
    EXPECT_EQ(record.errors, 15u);
}

TEST(Peers, AbCountsWhatWasNotAnswered)
{
    struct record record;
    ASSERT_TRUE(read("ab",
                     "Complete requests:      100\n"
                     "Failed requests:        3\n"
                     "   (Connect: 0, Receive: 0, Length: 3, Exceptions: 0)\n"
                     "Non-2xx responses:      2\n"
                     "HTML transferred:       102400 bytes\n",
                     &record));
    EXPECT_EQ(record.finished, 100u);
    EXPECT_EQ(record.errors, 5u);
    EXPECT_EQ(record.body_bytes, 102400u);
}

TEST(Peers, H2loadSucceedsWithA404)
{
    struct record record;
    ASSERT_TRUE(
        read("h2load",
             "progress: 100% done\n\n"
             "requests: 100 total, 100 started, 100 done, 98 succeeded, "
             "2 failed, 0 errored, 0 timeout\n"
             "status codes: 97 2xx, 0 3xx, 2 4xx, 1 5xx\n"
             "traffic: 0B (0) total, 6.74KB (6900) headers (space "
             "savings 0.00%), 100.00KB (102400) data\n",
             &record));
    EXPECT_EQ(record.finished, 100u);
    EXPECT_EQ(record.errors, 3u);
    EXPECT_EQ(record.body_bytes, 102400u);
}

TEST(Peers, CurlSpeaksOfFailuresOnly)
{
    struct record record;
    ASSERT_TRUE(read("curl", "", &record));
    EXPECT_TRUE(record_is_good(&record));
    ASSERT_TRUE(read("curl", "failed\nfailed\n", &record));
    EXPECT_EQ(record.errors, 2u);
}

TEST(Peers, ThatSayNothingAreNotBelieved)
{
    struct record record;
    for (const char *name : {"wrk", "ab", "h2load"})
        for (const char *said :
             {"", "requests: ", " requests in ", "Complete", "0 requests in 2s",
              "5 requests in 0s", "5 requests in inf", "1e99 requests in 2s",
              "Complete requests: 1e99", "Complete requests: nan",
              "requests: 1 total, 1 started, 1 done\nstatus codes: 2 2xx"})
            EXPECT_FALSE(read(name, said, &record)) << name << ": " << said;
}

/* ---- what a tool took, seen from outside ---- */

static struct record noted(const char *said, size_t requests,
                           const struct launch_outcome &start)
{
    struct record record;
    struct launch_outcome outcome = {};
    record_init(&record);
    record.requests = requests;
    outcome.took = 3 * NANOS_PER_SECOND;
    outcome.usage.ru_utime = {2, 0};
    outcome.usage.ru_stime = {1, 0};
    outcome.usage.ru_nvcsw = 10;
    outcome.usage.ru_nivcsw = 5;
    EXPECT_EQ(buffer_append_text(&outcome.output, said), 0);
    EXPECT_EQ(buffer_terminate(&outcome.output), 0);
    tool_note(&record, peers_find("ab"), &outcome, &start);
    buffer_deinit(&outcome.output);
    return record;
}

TEST(Tool, TakesAwayWhatItsStartTook)
{
    struct launch_outcome start = {};
    start.took = NANOS_PER_SECOND;
    start.usage.ru_utime = {0, 500000};
    start.usage.ru_stime = {1, 500000};
    start.usage.ru_nvcsw = 4;
    start.usage.ru_nivcsw = 6;
    struct record record = noted("Complete requests: 100\n", 100, start);
    EXPECT_STREQ(record.error, "");
    EXPECT_EQ(record.wall_s, 2);
    EXPECT_EQ(record.cpu_user_s, 1.5);
    EXPECT_EQ(record.cpu_system_s, 0) << "its start took more";
    EXPECT_EQ(record.switches_voluntary, 6);
    EXPECT_EQ(record.switches_involuntary, 0);
}

TEST(Tool, IsInErrorWhereItsWordsAre)
{
    EXPECT_STREQ(noted("Hello\n", 100, {}).error, "its output has no results");
    EXPECT_STREQ(noted("Complete requests: 100\n", 200, {}).error,
                 "it reports 100 pages instead of 200");
    EXPECT_STREQ(
        noted("Complete requests: 100\nFailed requests: 3\n", 100, {}).error,
        "it reports that 3 requests failed");
}
