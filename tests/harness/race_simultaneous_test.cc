/* SPDX-License-Identifier: MIT */
/* A load that several processes share, and all of it at one moment. */
#include "harness/commands.h"
#include "harness/models.h"
#include "harness/race/gate.h"
#include "harness/race/plan_options.h"
#include "harness/race/share.h"
#include "harness/race/simultaneous.h"
#include "origin_fixture.h"

#include <csignal>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

/* ---- the command line ---- */

class Simultaneous : public testing::Test
{
  protected:
    int read(const std::vector<std::string> &options)
    {
        words = options;
        words.insert(words.begin(), {"race", "--processes", "4"});
        std::vector<char *> argv;
        for (auto &word : words)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        return plan_init(&plan, static_cast<int>(words.size()), argv.data());
    }

    std::vector<std::string> words; /* the plan borrows them */
    struct plan plan;
};

TEST_F(Simultaneous, SharesItsConnections)
{
    ASSERT_EQ(read({"-c", "40000", "--models", "epoll", "--rounds", "1"}), -1);
    ASSERT_EQ(plan.block_count, 1u);
    const struct block *block = &plan.blocks[0];
    EXPECT_STREQ(block->name, "simultaneous");
    EXPECT_EQ(block->processes, 4u);
    EXPECT_EQ(plan_requests(&plan.contestants[0], block), 40000u);
    EXPECT_EQ(plan.addresses, 2) << "10,000 for each origin";

    ASSERT_EQ(read({}), -1);
    EXPECT_EQ(plan.blocks[0].level, 4u * SIMULTANEOUS_USUAL);
    for (size_t i = 0; i < plan.contestant_count; i++)
        EXPECT_STRNE(plan.contestants[i].name, "sequential");
}

TEST_F(Simultaneous, IsARaceByItself)
{
    const std::vector<std::vector<std::string>> refused = {
        {"--quick"},
        {"--ledger"},
        {"--rate", "10"},
        {"--burst", "2"},
        {"--ramp"},
        {"-n", "10"},
        {"--delay", "1ms"},
        {"--work", "1ms"},
        {"-k"},
        {"--url", "http://127.0.0.1/"},
        {"--pin"},
        {"--floor"},
        {"--peers"},
        {"-c", "3"},
        {"-c", "10,3"},
        {"-c", "2000000"},
        {"--models", "curl"},
        {"--processes", "65"},
        {"--models", "sequential"}};
    for (const auto &options : refused)
        EXPECT_EQ(read(options), EXIT_USAGE) << options[0];
}

TEST_F(Simultaneous, NeedsAProcessForEachConnectionOnlyWhereAModelDoes)
{
    char why[200] = "";
    EXPECT_EQ(simultaneous_refuses_model(models_find("epoll"), SIMULTANEOUS_MAX,
                                         why, sizeof why),
              nullptr);
    EXPECT_EQ(
        simultaneous_refuses_model(models_find("fork"), 1, why, sizeof why),
        nullptr);
    const char *sentence = simultaneous_refuses_model(
        models_find("fork"), 100 * SIMULTANEOUS_MAX, why, sizeof why);
    ASSERT_TRUE(sentence);
    EXPECT_TRUE(strstr(sentence, "pid_max")) << sentence;
}

TEST_F(Simultaneous, NeedsRoomInTheMachine)
{
    char why[300] = "";
    ASSERT_EQ(read({"-c", "8", "--models", "epoll"}), -1);
    EXPECT_TRUE(simultaneous_has_room(&plan, why, sizeof why)) << why;
    plan.blocks[0].level = size_t{1000} * 1000 * SIMULTANEOUS_MAX;
    EXPECT_FALSE(simultaneous_has_room(&plan, why, sizeof why));
    EXPECT_STRNE(why, "");
}

/* ---- sharing ---- */

TEST(Share, DividesAWhole)
{
    size_t sum = 0;
    for (size_t place = 0; place < 3; place++)
        sum += share_part(11, 3, place);
    EXPECT_EQ(sum, 11u);
    EXPECT_EQ(share_part(11, 3, 0), 4u);
    EXPECT_EQ(share_part(11, 3, 2), 3u);
}

static int get_ready(void *context, size_t place)
{
    return context && place == 2 ? -ENOMEM : 0;
}

static int report(void *context, size_t place, struct record *record)
{
    if (context && place == 1)
        raise(SIGKILL);
    record->finished = 10 + place;
    record->errors = place == 0;
    record->body_bytes = record->in_flight_max = 1 + place;
    record->cpu_user_s = 0.25;
    record->cpu_system_s = 0.5;
    record->switches_voluntary = 2;
    record->switches_involuntary = 4;
    if (context && place == 0)
        strcpy(record->error, "status 500");
    return 0;
}

TEST(Share, SumsWhatItsProcessesReport)
{
    struct share share = {3, true, nullptr, get_ready, report};
    struct record record;
    record_init(&record);
    ASSERT_EQ(share_run(&share, &record), 0);
    EXPECT_EQ(record.finished, 33u);
    EXPECT_EQ(record.errors, 1u);
    EXPECT_EQ(record.body_bytes, 6u);
    EXPECT_EQ(record.in_flight_max, 6u);
    EXPECT_EQ(record.cpu_user_s, 0.75);
    EXPECT_EQ(record.cpu_system_s, 1.5);
    EXPECT_EQ(record.switches_voluntary, 6);
    EXPECT_EQ(record.switches_involuntary, 12);
    EXPECT_GT(record.base_pss_bytes, 0);
    EXPECT_STREQ(record.error, "");
}

TEST(Share, SaysWhichDiedOrCouldNotBegin)
{
    bool failing = true;
    struct share share = {2, false, &failing, get_ready, report};
    struct record record;
    record_init(&record);
    ASSERT_EQ(share_run(&share, &record), 0);
    EXPECT_STREQ(record.error, "status 500") << "the first of them";
    EXPECT_EQ(record.finished, 10u);

    share.processes = 3;
    share.run = [](void *, size_t place, struct record *) {
        return place == 1 ? raise(SIGKILL) : 0;
    };
    record_init(&record);
    ASSERT_EQ(share_run(&share, &record), 0);
    EXPECT_STREQ(record.error, "process 2 of 3 died of signal 9 (Killed)");

    share.run = [](void *, size_t, struct record *) { return 0; };
    record_init(&record);
    ASSERT_EQ(share_run(&share, &record), 0);
    EXPECT_EQ(std::string(record.error).find("it could not be set up: "), 0u)
        << record.error;
}

/* ---- one moment ---- */

class Gate : public testing::Test
{
  protected:
    Gate()
    {
        plan.processes = 2;
        plan.addresses = 1;
        EXPECT_EQ(witness_init(&witness, &plan), 0);
        gate_init(&gate, &witness, "r", 2, &peak);
        record_init(&record);
    }

    ~Gate() override
    {
        witness_deinit(&witness);
    }

    uint16_t port(size_t place) const
    {
        return witness.stands[place].origin.port;
    }

    void look(int times)
    {
        while (times--)
            gate_look(&gate, getpgrp());
    }

    struct plan plan = {};
    struct witness witness;
    struct memory_peak peak = {};
    struct gate gate;
    struct record record;
};

/* Each origin has had one in flight, but never at the same moment. */
TEST_F(Gate, DoesNotSumWhatWasAtDifferentMoments)
{
    {
        Client gone(port(0));
        gone.ask("/gate?run=r&for=60s");
        ASSERT_TRUE(comes_to(port(0), "r", "in_flight", 1));
        look(2);
    }
    ASSERT_TRUE(comes_to(port(0), "r", "abandoned", 1));
    Client other(port(1));
    other.ask("/gate?run=r&for=60s");
    ASSERT_TRUE(comes_to(port(1), "r", "in_flight", 1));
    /* Asked in turn, both may be counted: one that leaves, and then the other.
     */
    gate.last.in_flight = 2;
    look(3);
    EXPECT_FALSE(gate.open);

    double open = 0;
    ASSERT_EQ(witness_ask(&witness, "r", &record, &open), 0);
    EXPECT_EQ(record.origin_max_in_flight, 2) << "summed";
    EXPECT_EQ(record.origin_accepted, 2);
    EXPECT_EQ(open, 1);
    gate_note(&gate, &record);
    EXPECT_EQ(record.origin_max_in_flight, 1);
    EXPECT_STREQ(record.error, "only 1 of 2 were in flight at one moment");

    gate.arrived -= GATE_PATIENCE;
    look(1);
    EXPECT_TRUE(gate.open) << "it waits no longer for those that are missing";
    EXPECT_EQ(other.answer().status, 200);
}

TEST_F(Gate, OpensWhenAllHaveComeAndAgainForTheLate)
{
    std::vector<Client> clients;
    for (size_t place : {0u, 1u}) {
        clients.emplace_back(port(place));
        clients.back().ask("/gate?run=r&for=60s");
        ASSERT_TRUE(comes_to(port(place), "r", "in_flight", 1));
        look(1);
        EXPECT_FALSE(gate.open) << "seen once, it may have been another moment";
    }
    look(1);
    EXPECT_TRUE(gate.open);
    EXPECT_GT(peak.pss_bytes, 0u);
    for (Client &client : clients)
        EXPECT_EQ(client.answer().status, 200);
    gate_note(&gate, &record);
    EXPECT_EQ(record.origin_max_in_flight, 2);
    EXPECT_STREQ(record.error, "");
    EXPECT_GE(record.filled_s, 0);

    clients[0].ask("/gate?run=r&for=60s");
    ASSERT_TRUE(comes_to(port(0), "r", "in_flight", 1));
    look(1);
    EXPECT_EQ(clients[0].answer().status, 200);
}
