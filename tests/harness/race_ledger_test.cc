/* SPDX-License-Identifier: MIT */
/* The arithmetic of the race: medians, spreads, paired ratios. */
#include "harness/race/ledger.h"
#include "harness/race/taken.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>
#include <vector>

static struct record run_of(const char *model, int round, double cpu_s,
                            size_t concurrency = 10)
{
    struct record record;
    record_init(&record);
    std::snprintf(record.model, sizeof record.model, "%s", model);
    std::snprintf(record.block, sizeof record.block, "cost");
    record.level = 10;
    record.concurrency = concurrency;
    record.round = round;
    record.requests = record.finished = 1000;
    record.cpu_user_s = cpu_s / 4;
    record.cpu_system_s = cpu_s - cpu_s / 4;
    record.wall_s = 1;
    return record;
}

class Ledger : public testing::Test
{
  protected:
    ~Ledger() override
    {
        ledger_deinit(&ledger);
    }

    void add(const struct record &record)
    {
        ASSERT_EQ(ledger_add(&ledger, &record), 0);
    }

    struct spread cpu(const char *model)
    {
        struct selection selection = {model, "cost", 10};
        return ledger_spread(&ledger, &selection, record_cpu_us);
    }

    struct spread ratio(const char *model)
    {
        struct selection selection = {model, "cost", 10};
        const char *others[] = {"floor-epoll", "floor-epoll-late", nullptr};
        return ledger_ratio(&ledger, &selection, others, record_cpu_us);
    }

    struct ledger ledger = {};
};

TEST(Spread, OfAnOddCountIsTheOneInTheMiddle)
{
    double values[] = {9, 1, 5};
    struct spread spread = spread_of(values, 3);
    EXPECT_EQ(spread.count, 3u);
    EXPECT_EQ(spread.median, 5);
    EXPECT_EQ(spread.min, 1);
    EXPECT_EQ(spread.max, 9);
}

TEST(Spread, OfAnEvenCountIsTheMeanOfTheTwoInTheMiddle)
{
    double values[] = {9, 1, 5, 6};
    EXPECT_EQ(spread_of(values, 4).median, 5.5);
}

TEST(Spread, OfNothingIsNotKnown)
{
    struct spread spread = spread_of(nullptr, 0);
    EXPECT_EQ(spread.count, 0u);
    EXPECT_EQ(spread.median, NOT_KNOWN);
    EXPECT_EQ(spread.low, NOT_KNOWN);
    EXPECT_EQ(spread.high, NOT_KNOWN);
}

TEST(Spread, OfASingleRunExpectsNothing)
{
    double values[] = {7};
    struct spread spread = spread_of(values, 1);
    EXPECT_EQ(spread.low, 7);
    EXPECT_EQ(spread.high, 7);
}

/* The same numbers as in report_answers.py: the charts compute theirs. */
TEST(Spread, TheIntervalGrowsWithTheRangeAndWithFewRuns)
{
    double five[] = {90, 95, 100, 105, 110}, two[] = {90, 110};
    struct spread spread = spread_of(five, 5);
    EXPECT_NEAR(spread.high, 116.6, 1e-9);
    EXPECT_NEAR(spread.low, 100 / 1.166, 1e-9);
    EXPECT_NEAR(spread_of(two, 2).high, 280.8, 1e-9);
}

TEST(Spread, RunsThatAgreeDoNotMakeTwoRacesAgree)
{
    double values[] = {100, 100, 100, 100, 100};
    EXPECT_NEAR(spread_of(values, 5).high, 105, 1e-9);
}

/* Of 20,000 races whose runs are distributed normally, by a generator that is
 * the same everywhere. */
TEST(Spread, TheMedianOfAnotherRaceIsInsideNineteenTimesInTwenty)
{
    std::mt19937_64 bits(1);
    auto uniform = [&bits] {
        return (static_cast<double>(bits() >> 11) + 0.5) / 9007199254740992.0;
    };
    auto run = [&uniform] {
        return 1000 + std::sqrt(-2 * std::log(uniform())) *
                          std::cos(2 * M_PI * uniform()) * 100;
    };
    for (size_t count : {2, 3, 4, 5, 6, 7, 8, 9, 10, 14}) {
        SCOPED_TRACE(count);
        const int races = 20000;
        int inside = 0;
        for (int i = 0; i < races; i++) {
            std::vector<double> one(count), other(count);
            for (double &value : one)
                value = run();
            for (double &value : other)
                value = run();
            struct spread first = spread_of(one.data(), count);
            double second = spread_of(other.data(), count).median;
            inside += first.low <= second && second <= first.high;
        }
        double share = inside / static_cast<double>(races);
        EXPECT_GT(share, 0.935);
        EXPECT_LT(share, count <= 10 ? 0.975 : 1.0);
    }
}

TEST_F(Ledger, CountsUserAndSystemPerRequest)
{
    add(run_of("epoll", 1, 0.02));
    EXPECT_NEAR(cpu("epoll").median, 20, 1e-9);
}

TEST_F(Ledger, LeavesOutRunsThatWentWrong)
{
    struct record bad = run_of("epoll", 2, 5);
    bad.errors = 1;
    struct record cut = run_of("epoll", 3, 7);
    cut.finished = 999;
    struct record dead = run_of("epoll", 4, 9);
    std::snprintf(dead.error, sizeof dead.error, "it died");
    add(run_of("epoll", 1, 0.02));
    EXPECT_FALSE(ledger_has_failures(&ledger));
    add(bad);
    add(cut);
    add(dead);
    EXPECT_EQ(cpu("epoll").count, 1u);
    EXPECT_TRUE(ledger_has_failures(&ledger));
}

/* The machine is twice as slow in round 2: medians of each would give 1.5, and
 * so do the ratios within each round; then it gets uneven. */
TEST_F(Ledger, PairsRatiosWithinTheRound)
{
    add(run_of("floor-epoll", 1, 0.010));
    add(run_of("epoll", 1, 0.015));
    add(run_of("floor-epoll", 2, 0.020));
    add(run_of("epoll", 2, 0.030));
    add(run_of("floor-epoll", 3, 0.010));
    add(run_of("epoll", 3, 0.040));
    struct spread spread = ratio("epoll");
    EXPECT_EQ(spread.count, 3u);
    EXPECT_NEAR(spread.median, 1.5, 1e-9);
    EXPECT_NEAR(spread.max, 4, 1e-9);
}

/* Of a ratio, either side may be too short. */
TEST_F(Ledger, CountsTheRunsThatWereTooShortForAFigure)
{
    add(run_of("floor-epoll", 1, 0.6));
    add(run_of("epoll", 1, 0.7));
    EXPECT_EQ(ratio("epoll").too_short, 0u);
    EXPECT_EQ(cpu("epoll").too_short, 0u);
    add(run_of("floor-epoll", 2, 0.4));
    add(run_of("epoll", 2, 0.7));
    EXPECT_EQ(ratio("epoll").too_short, 1u);
    EXPECT_EQ(cpu("epoll").too_short, 0u);
    EXPECT_EQ(cpu("floor-epoll").too_short, 1u);
}

static struct record spoiled(struct record record)
{
    std::snprintf(record.disturbed, sizeof record.disturbed, "a neighbour");
    return record;
}

TEST_F(Ledger, NeverAveragesSpoiledRunsWithOthersInSilence)
{
    add(spoiled(run_of("epoll", 1, 9)));
    EXPECT_TRUE(cpu("epoll").disturbed) << "there is no other";
    EXPECT_NEAR(cpu("epoll").median, 9000, 1e-6);
    add(run_of("epoll", 1, 0.02));
    add(spoiled(run_of("epoll", 2, 7)));
    EXPECT_TRUE(cpu("epoll").disturbed) << "one alone has no spread";
    EXPECT_EQ(cpu("epoll").count, 3u);
    add(run_of("epoll", 2, 0.02));
    add(run_of("epoll", 3, 0.02));
    EXPECT_FALSE(cpu("epoll").disturbed);
    EXPECT_EQ(cpu("epoll").count, 3u);
    EXPECT_NEAR(cpu("epoll").max, 20, 1e-9);
}

/* In round 1 the floor was disturbed and repeated; in round 2 there is only a
 * disturbed one. */
TEST_F(Ledger, PairsWithThePartnerThatWasNotSpoiled)
{
    add(run_of("epoll", 1, 0.02));
    add(spoiled(run_of("floor-epoll", 1, 0.04)));
    EXPECT_NEAR(ratio("epoll").median, 0.5, 1e-9);
    EXPECT_TRUE(ratio("epoll").disturbed);
    add(run_of("floor-epoll", 1, 0.01));
    add(run_of("epoll", 2, 0.02));
    add(spoiled(run_of("floor-epoll", 2, 0.04)));
    EXPECT_EQ(ratio("epoll").count, 2u);
    EXPECT_NEAR(ratio("epoll").max, 2, 1e-9);
    EXPECT_TRUE(ratio("epoll").disturbed);
    for (int round : {3, 4}) {
        add(run_of("epoll", round, 0.02));
        add(run_of("floor-epoll", round, 0.01));
    }
    EXPECT_EQ(ratio("epoll").count, 3u);
    EXPECT_NEAR(ratio("epoll").median, 2, 1e-9);
    EXPECT_FALSE(ratio("epoll").disturbed);
}

/* ---- what the machine took away ---- */

static bool is_even(const void *, int processor)
{
    return processor % 2 == 0;
}

TEST(Taken, ReadsTheProcessorsThatCount)
{
    struct moment moment = {};
    moment_add_stat(&moment,
                    "cpu  9 9 9 99999 9 9 9 9 0 0\n"
                    "cpu0 5 0 5 1000 20 0 1 30 0 0\n"
                    "cpu1 5 0 5 7777 77 0 1 77 0 0\n"
                    "cpu2 5 0 5 2000 40 0 1 50 0 0\n"
                    "intr 433311 0 0\n",
                    is_even, nullptr);
    EXPECT_EQ(moment.processors, 2u);
    EXPECT_NEAR(moment.idle_s, 30.6, 1e-9);
    EXPECT_NEAR(moment.steal_s, 0.8, 1e-9);
    EXPECT_EQ(moment.interrupts, 433311);
}

TEST(Taken, CountsInterruptsWhereTheSystemTellsThem)
{
    struct moment before = {}, after = {}, silent = {};
    moment_add_stat(&before, "cpu0 5 0 5 1 2 0 1 3 0 0\nintr 1000 7\n", is_even,
                    nullptr);
    moment_add_stat(&after, "intr 1400 8\nctxt 99\n", is_even, nullptr);
    moment_add_stat(&silent, "cpu0 5 0 5 1 2 0 1 3 0 0\n", is_even, nullptr);
    EXPECT_EQ(taken_between(&before, &after).interrupts, 400);
    EXPECT_LT(taken_between(&silent, &after).interrupts, 0);
    EXPECT_LT(taken_between(&before, &silent).interrupts, 0);
}

static struct taken taken_of(double idle_s, double steal_s, double ours_s,
                             double throttled_s = 0)
{
    /* A second on two processors. */
    struct moment before = {100, 2, 50, 7, 1, 20, 1, 0};
    struct moment after = {
        101, 2, 50 + idle_s, 7 + steal_s, 1 + throttled_s, 20 + ours_s, 1, 0};
    return taken_between(&before, &after);
}

TEST(Taken, IsWhatWasNeitherIdleNorStolenNorOurs)
{
    struct taken taken = taken_of(0.5, 0.1, 0.9);
    EXPECT_NEAR(taken.capacity_s, 2, 1e-9);
    EXPECT_NEAR(taken.steal_s, 0.1, 1e-9);
    EXPECT_NEAR(taken.other_s, 0.5, 1e-9);
    EXPECT_EQ(taken_of(1.5, 0, 0.6).other_s, 0) << "clocks are no better";
}

TEST(Taken, SpoilsARunWhenItIsMuch)
{
    char why[96];
    struct taken quiet = taken_of(1.1, 0, 0.81);
    EXPECT_FALSE(taken_explain(&quiet, 1, why, sizeof why));
    EXPECT_STREQ(why, "");
    struct taken busy = taken_of(0.1, 0, 0.9);
    EXPECT_TRUE(taken_explain(&busy, 1, why, sizeof why));
    EXPECT_STREQ(why, "other programs took 50 % of the processors");
    struct taken stolen = taken_of(1, 0.1, 0.9);
    EXPECT_TRUE(taken_explain(&stolen, 1, why, sizeof why));
    EXPECT_STREQ(why, "the host took 5 % of the processors away");
    struct taken held = taken_of(1.1, 0, 0.9, 0.3);
    EXPECT_TRUE(taken_explain(&held, 1, why, sizeof why));
    EXPECT_STREQ(why, "a quota held it back for 0.30 s");
}

/* A host that slows its guests down need not tell. */
TEST(Taken, SpoilsARunOnASlowProcessor)
{
    char why[96];
    struct taken slow = taken_of(1.1, 0, 0.9);
    slow.step_ns = 2;
    EXPECT_TRUE(taken_explain(&slow, 1, why, sizeof why));
    EXPECT_STREQ(why, "the processor was at 50 % of its speed");
    EXPECT_FALSE(taken_explain(&slow, 1.6, why, sizeof why));
    EXPECT_FALSE(taken_explain(&slow, 0, why, sizeof why)) << "nothing known";
}

/* In a hundredth of a second, one tick is all there is. */
TEST(Taken, DoesNotBlameATick)
{
    char why[96];
    struct taken tick = {0.1, 0.01, 0, 0.04, 1, 0};
    EXPECT_FALSE(taken_explain(&tick, 0, why, sizeof why));
}

/* A floor that is beaten is not a floor. */
TEST_F(Ledger, PairsWithTheLeastOfTheStrategies)
{
    add(run_of("floor-epoll", 1, 0.012));
    add(run_of("floor-epoll-late", 1, 0.010));
    add(run_of("epoll", 1, 0.011));
    EXPECT_NEAR(ratio("epoll").median, 1.1, 1e-9);
    EXPECT_NEAR(ratio("floor-epoll").median, 1.2, 1e-9);
    EXPECT_NEAR(ratio("floor-epoll-late").median, 1, 1e-9);
    add(spoiled(run_of("floor-epoll-late", 2, 0.001)));
    add(run_of("floor-epoll", 2, 0.010));
    add(run_of("epoll", 2, 0.013));
    EXPECT_NEAR(ratio("epoll").max, 1.3, 1e-9) << "which was not spoiled";
    EXPECT_FALSE(ratio("epoll").disturbed);
}

TEST_F(Ledger, GivesNoRatioWithoutAPartner)
{
    add(run_of("floor-epoll", 1, 0.010));
    add(run_of("epoll", 2, 0.015));
    EXPECT_EQ(ratio("epoll").count, 0u);
}

TEST_F(Ledger, ComparesOnlyAtTheSameNumberInFlight)
{
    add(run_of("floor-epoll", 1, 0.010));
    add(run_of("sequential", 1, 0.015, 1));
    EXPECT_EQ(ratio("sequential").count, 0u);
}

TEST_F(Ledger, ComparesOnlyWithConnectionsKeptAlike)
{
    struct record floor = run_of("floor-epoll", 1, 0.010);
    floor.keep_alive = true;
    add(floor);
    add(run_of("threads", 1, 0.015));
    EXPECT_EQ(ratio("threads").count, 0u);
}

TEST_F(Ledger, SharesThePeakOfTheRoundForMemory)
{
    struct record memory = run_of("epoll", 1, 0.02);
    std::snprintf(memory.block, sizeof memory.block, "memory");
    memory.peak_pss_bytes = 4096;
    add(run_of("epoll", 1, 0.02));
    add(run_of("threads", 1, 0.02));
    add(memory);
    ledger_share_memory(&ledger);
    EXPECT_EQ(ledger.records[0].peak_pss_bytes, 4096);
    EXPECT_EQ(ledger.records[1].peak_pss_bytes, NOT_KNOWN);
}

template <typename Print> static std::string printed(Print print)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    print(out);
    fclose(out);
    std::string all(text, size);
    free(text);
    return all;
}

TEST(Record, SurvivesJson)
{
    struct record record = run_of("epoll", 3, 0.02), again;
    record.body_bytes = 1024000;
    std::snprintf(record.error, sizeof record.error, "a \"quoted\" reason");
    std::string line =
        printed([&](FILE *out) { record_report_print(&record, out); });
    record_init(&again);
    ASSERT_EQ(record_report_read(&again, slice_of(line.c_str())), 0) << line;
    EXPECT_STREQ(again.error, record.error);
    EXPECT_EQ(again.cpu_system_s, record.cpu_system_s);
    EXPECT_EQ(again.body_bytes, 1024000u);
    EXPECT_EQ(again.base_pss_bytes, NOT_KNOWN);
}

TEST(Record, IsWrittenWhole)
{
    struct record record = run_of("epoll", 3, 0.02);
    record.origin_max_in_flight = 10;
    record.keep_alive = true;
    std::string text = printed([&](FILE *out) {
        struct json_writer json = {};
        json.out = out;
        record_write(&record, &json);
    });
    for (const char *member :
         {"\"model\":\"epoll\"", "\"round\":3", "\"requests\":1000",
          "\"keep_alive\":true", "\"origin_max_in_flight\":10",
          "\"peak_pss_bytes\":null", "\"error\":null"})
        EXPECT_NE(text.find(member), std::string::npos) << member << text;
}

TEST(Record, RefusesWhatIsNotAReport)
{
    struct record record;
    record_init(&record);
    EXPECT_EQ(record_report_read(&record, slice_of("")), -EBADMSG);
    EXPECT_EQ(record_report_read(&record, slice_of("hello")), -EBADMSG);
    EXPECT_EQ(record_report_read(&record, slice_of("[1,2]")), -EBADMSG);
    EXPECT_EQ(record_report_read(&record, slice_of("{\"finished\": 1}")),
              -EBADMSG);
}

// A contestant may be a learner's program, or die while it writes.
std::string report_with(const std::string &name, const std::string &value)
{
    std::string line = "{";
    for (const char *field :
         {"finished", "errors", "body_bytes", "in_flight_max", "wall_s",
          "cpu_user_s", "cpu_system_s", "switches_voluntary",
          "switches_involuntary", "base_pss_bytes", "error"})
        line += std::string(line.size() > 1 ? "," : "") + "\"" + field + "\":" +
                (field == name                   ? value
                 : field == std::string("error") ? "null"
                                                 : "3");
    return line + "}";
}

int read_report(struct record *record, const std::string &line)
{
    return record_report_read(record, slice_of(line.c_str()));
}

TEST(Record, RefusesNumbersThatItCannotHold)
{
    struct record record;
    record_init(&record);
    for (const char *name : {"finished", "errors", "body_bytes",
                             "in_flight_max", "wall_s", "cpu_user_s"})
        for (const char *value : {"-1", "1e999", "-1e999", "null", "\"7\""})
            EXPECT_EQ(read_report(&record, report_with(name, value)), -EBADMSG)
                << name << ": " << value;
    for (const char *name : {"wall_s", "cpu_user_s", "base_pss_bytes"})
        EXPECT_EQ(read_report(&record, report_with(name, "1e300")), -EBADMSG)
            << name;
    for (const char *name : {"finished", "errors", "body_bytes"})
        for (const char *value : {"1e300", "1.5", "18446744073709551616"})
            EXPECT_EQ(read_report(&record, report_with(name, value)), -EBADMSG)
                << name << ": " << value;
    EXPECT_EQ(record.finished, 0u) << "and leaves the record as it was";
}

TEST(Record, WhatAContestantSaysControlsNoTerminal)
{
    struct record record;
    record_init(&record);
    ASSERT_EQ(read_report(&record, report_with("error", "\"a\\u001b[2J\xC2\x9B"
                                                        "b\x9B\"")),
              0);
    EXPECT_STREQ(record.error, "a\\x1b[2J\\xc2\\x9bb\\x9b");
    std::string longer(2 * sizeof record.error, 'x');
    ASSERT_EQ(read_report(&record, report_with("error", "\"" + longer + "\"")),
              0);
    EXPECT_EQ(strlen(record.error), sizeof record.error - 1);
}

TEST(Record, TakesWhatWasNotMeasured)
{
    struct record record;
    record_init(&record);
    record.base_pss_bytes = 7;
    for (const char *value : {"null", "-5"}) {
        ASSERT_EQ(read_report(&record, report_with("base_pss_bytes", value)),
                  0);
        EXPECT_EQ(record.base_pss_bytes, NOT_KNOWN);
    }
    EXPECT_EQ(read_report(&record, report_with("base_pss_bytes", "1e999")),
              -EBADMSG);
}

/* ---- latencies ---- */

static const nanos US = 1000;

TEST(Latencies, AreExactWhileTheyAreShort)
{
    struct latencies latencies = {};
    for (nanos us = 1; us <= 60; us++)
        latencies_add(&latencies, us * US);
    EXPECT_EQ(latencies_percentile(&latencies, 0.5) / US, 30);
    EXPECT_EQ(latencies_percentile(&latencies, 1), 60 * US);
    EXPECT_EQ(latencies.total, 60u);
}

/* A thousand values: one of them is slow, and only 99.9 % and above see it. */
TEST(Latencies, ShowTheOneThatIsLate)
{
    struct latencies latencies = {};
    for (int i = 0; i < 998; i++)
        latencies_add(&latencies, 20000 * US);
    latencies_add(&latencies, 300000 * US);
    latencies_add(&latencies, 400000 * US);
    double p99 = static_cast<double>(latencies_percentile(&latencies, 0.99));
    double p999 = static_cast<double>(latencies_percentile(&latencies, 0.999));
    EXPECT_NEAR(p99, 20e6, 0.033 * 20e6);
    EXPECT_NEAR(p999, 300e6, 0.033 * 300e6);
    EXPECT_EQ(latencies_percentile(&latencies, 1), 400000 * US);
}

TEST(Latencies, AreNeverWrongByMoreThanAStep)
{
    for (nanos took = US; took < 1000 * NANOS_PER_SECOND; took += took / 7) {
        struct latencies latencies = {};
        latencies_add(&latencies, took);
        latencies_add(&latencies, 3600 * NANOS_PER_SECOND);
        double told =
            static_cast<double>(latencies_percentile(&latencies, 0.5));
        double real = static_cast<double>(took);
        EXPECT_GE(told, real);
        EXPECT_LE(told, real * 1.033 + 1000);
    }
}

TEST(Latencies, AreCountedBetweenLimits)
{
    struct latencies latencies = {};
    latencies_add(&latencies, 500 * US);
    latencies_add(&latencies, 1500 * US);
    latencies_add(&latencies, 1600 * US);
    nanos ms = NANOS_PER_MILLISECOND;
    EXPECT_EQ(latencies_between(&latencies, 0, ms), 1u);
    EXPECT_EQ(latencies_between(&latencies, ms, 2 * ms), 2u);
    EXPECT_EQ(latencies_between(&latencies, 2 * ms, NEVER), 0u);
}

TEST(Latencies, OfNothingAreNotKnown)
{
    struct latencies latencies = {};
    EXPECT_EQ(latencies_percentile(&latencies, 0.5), -1);
}

TEST(Latencies, SurviveJson)
{
    struct record record = run_of("epoll", 3, 0.02), again;
    for (nanos us = 1; us < 2000000; us += us / 3 + 1)
        latencies_add(&record.latency, us * US);
    std::string line =
        printed([&](FILE *out) { record_report_print(&record, out); });
    record_init(&again);
    ASSERT_EQ(record_report_read(&again, slice_of(line.c_str())), 0) << line;
    EXPECT_EQ(again.latency.max, record.latency.max);
    EXPECT_EQ(again.latency.total, record.latency.total);
    for (int i = 0; i < LATENCY_STEPS; i++)
        ASSERT_EQ(again.latency.counts[i], record.latency.counts[i]) << i;
    EXPECT_EQ(again.latency_naive.total, 0u);
}

TEST(Latencies, ThatAreNoneAreRefused)
{
    struct record record;
    for (const char *latency : {"7", "{}", "{\"max_s\":1,\"histogram\":[[1]]}",
                                "{\"max_s\":1,\"histogram\":[[-1,1]]}",
                                "{\"max_s\":1,\"histogram\":[[1e99,1]]}",
                                "{\"max_s\":1,\"histogram\":[[1,0.5]]}",
                                "{\"max_s\":1e99,\"histogram\":[[1,1]]}",
                                "{\"histogram\":[[1,1]]}"}) {
        record_init(&record);
        std::string line = report_with("finished", "3");
        line.insert(line.size() - 1, std::string(",\"latency\":") + latency);
        EXPECT_EQ(read_report(&record, line), -EBADMSG) << latency;
        EXPECT_EQ(record.latency.total, 0u);
    }
}
