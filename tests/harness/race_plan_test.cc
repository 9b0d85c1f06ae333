/* SPDX-License-Identifier: MIT */
/* What a command line comes to: the blocks, and what takes part in them. */
#include "harness/models.h"
#include "harness/race/elsewhere.h"
#include "harness/race/plan_options.h"
#include "harness/race/ports.h"
#include "harness/race/progress.h"
#include "support/in_child.h"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <sys/resource.h>
#include <vector>

class Plan : public testing::Test
{
  protected:
    void read(const std::vector<std::string> &options)
    {
        words = options;
        words.insert(words.begin(), "race");
        std::vector<char *> argv;
        for (auto &word : words)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        ASSERT_EQ(plan_init(&plan, static_cast<int>(words.size()), argv.data()),
                  -1);
    }

    const struct block *block(const char *name, size_t level)
    {
        for (size_t i = 0; i < plan.block_count; i++)
            if (!strcmp(plan.blocks[i].name, name) &&
                plan.blocks[i].level == level)
                return &plan.blocks[i];
        return nullptr;
    }

    const struct contestant *contestant(const char *name)
    {
        for (size_t i = 0; i < plan.contestant_count; i++)
            if (!strcmp(plan.contestants[i].name, name))
                return &plan.contestants[i];
        return nullptr;
    }

    std::vector<std::string> words; /* the plan borrows them */
    struct plan plan;
};

TEST_F(Plan, TheLedgerCountsCallsOnceForEachLevelAndHasTheBaseCase)
{
    read({"--ledger", "--models", "callbacks", "-c", "10,100", "-k", "--pin",
          "--rounds", "7"});
    EXPECT_TRUE(contestant("sequential"));
    for (size_t level : {10u, 100u}) {
        const struct block *calls = block("calls", level);
        ASSERT_TRUE(calls);
        EXPECT_TRUE(calls->keep_alive);
        EXPECT_FALSE(calls->pinned);
        EXPECT_EQ(calls->rounds, 1);
        EXPECT_EQ(calls->one_by_one, level == 10);
    }
    read({"--models", "callbacks", "-c", "10"});
    EXPECT_FALSE(contestant("sequential"));
    EXPECT_FALSE(block("calls", 10));
}

TEST_F(Plan, AServerThatIsNotOursIsAskedForNoMoreThanItStands)
{
    read({"--url", "http://127.0.0.1:1/", "--models", "callbacks", "-k"});
    const struct block *kept = block("own", 10);
    ASSERT_TRUE(kept);
    EXPECT_TRUE(kept->timed && kept->elsewhere);
    EXPECT_EQ(plan.block_count, 1u) << "it holds no answers back";
    read({"--url", "http://127.0.0.1:1/", "--models", "callbacks"});
    EXPECT_FALSE(block("own", 10)->timed);
    read(
        {"--url", "http://192.0.2.1/", "--models", "callbacks", "-k", "--yes"});
    EXPECT_FALSE(block("own", 10)->timed);
    EXPECT_EQ(block("own", 10)->requests, 100u);
}

TEST(ClientSize, CountsCodeAndFunctions)
{
    struct client_size size = {0, 0, NOT_KNOWN, NOT_KNOWN};
    client_size_add(&size, slice_of("/* One\n"
                                    " * two */\n"
                                    "#include <a.h>\n"
                                    "\n"
                                    "static int f(int a) /* at */\n"
                                    "{\n"
                                    "    /* of a line */\n"
                                    "    return a; /* which\n"
                                    "                 goes on */\n"
                                    "}\n"
                                    "\n"
                                    "struct a {\n"
                                    "    int b;\n"
                                    "};"));
    EXPECT_EQ(size.functions, 1);
    EXPECT_EQ(size.lines, 9); /* a comment's last line after code is one */
}

TEST_F(Plan, QuickKeepsTheSettingsOfTheFullRace)
{
    read({"--quick"});
    const struct block *wait = block("wait", 10), *cost = block("cost", 100),
                       *scale = block("scale", 1000);
    ASSERT_TRUE(wait && cost && scale);
    EXPECT_EQ(wait->requests, 100u);
    EXPECT_EQ(wait->delay, 20 * NANOS_PER_MILLISECOND);
    EXPECT_EQ(wait->rounds, 3);
    EXPECT_EQ(cost->requests, 1000u);
    EXPECT_EQ(scale->requests, 2000u);
    EXPECT_EQ(scale->rounds, 2);
    read({});
    EXPECT_EQ(block("wait", 10)->requests, 100u);
    EXPECT_EQ(block("cost", 100)->requests, 1000u);
}

TEST_F(Plan, QuickHasItsRatiosFromOneBlockOfKeptConnections)
{
    read({"--quick"});
    for (size_t i = 0; i < plan.block_count; i++) {
        const struct block &block = plan.blocks[i];
        bool has_floors = block.with_floors && !block.memory;
        EXPECT_EQ(has_floors && !block.no_ratios,
                  std::string("fixed") == block.name)
            << block.name;
    }
    const struct block *fixed = block("fixed", 64);
    ASSERT_TRUE(fixed);
    EXPECT_TRUE(fixed->timed && fixed->keep_alive);
    EXPECT_EQ(fixed->delay, 0);
    EXPECT_FALSE(plan_takes_part(contestant("fork"), fixed))
        << "it keeps no connection: there is no floor beside it";
    EXPECT_TRUE(plan_takes_part(contestant("callbacks"), fixed));
    EXPECT_TRUE(plan_takes_part(contestant("floor-epoll"), fixed));
}

TEST_F(Plan, RunsAreAsLongAsAFigureNeedsUnlessTheirNumberIsGiven)
{
    read({"--models", "threads", "-c", "10", "--delay", "0"});
    EXPECT_TRUE(block("own", 10)->timed);
    read({"--models", "threads", "-c", "10", "--delay", "0", "-n", "100"});
    EXPECT_FALSE(block("own", 10)->timed);
    read({"--models", "threads", "-c", "10"});
    EXPECT_FALSE(block("own", 10)->timed) << "its pages are timed together";
}

TEST(Enough, IsHalfASecondOfCpuAndALittle)
{
    EXPECT_EQ(plan_enough(2000, 0.5, 0.7, 3), 2000u) << "it was enough";
    EXPECT_EQ(plan_enough(2000, 0.1, 0.1, 3), 13000u) << "2000 x 6.25 is 12500";
    EXPECT_EQ(plan_enough(2000, 0.49, 0.5, 3), 2600u);
}

TEST(Enough, IsNoMoreThanFitsIntoTheTime)
{
    EXPECT_EQ(plan_enough(1000, 0.05, 0.25, 1), 4000u);
    EXPECT_EQ(plan_enough(1000, 0.05, 1.0, 1), 1000u);
    EXPECT_EQ(plan_enough(1000, 0.05, 0.99, 1), 1000u) << "of no use";
}

TEST(Enough, DoesNotBelieveWhatTookNextToNothing)
{
    EXPECT_EQ(plan_enough(100, 0, 0, 3), 10000u);
    EXPECT_EQ(plan_enough(100, 1e-9, 1e-9, 3), 10000u);
}

/* Two contestants, two blocks; what is known is what their last turns took. */
TEST_F(Plan, KnowsHowLongItWillTakeFromWhatItTookSoFar)
{
    read({"--models", "threads,epoll", "-c", "10,20", "-n", "100", "--rounds",
          "2"});
    double guess = plan_left(&plan);
    double once = 0;
    for (size_t i = 0; i < plan.block_count; i++)
        once +=
            plan_estimate_round(&plan, &plan.blocks[i]) * plan.blocks[i].rounds;
    EXPECT_NEAR(guess, once, 1e-9) << "nothing is known";

    /* All has taken three times as long as was guessed. */
    for (size_t i = 0; i < plan.block_count; i++) {
        struct seat &seat = plan.blocks[i].seats[0];
        seat.turns = 1;
        seat.took_s = 3 * plan_estimate(&plan.contestants[0], &plan.blocks[i]);
        guess -= plan_estimate(&plan.contestants[0], &plan.blocks[i]);
    }
    EXPECT_NEAR(plan_left(&plan), 3 * guess, 1e-9);
    plan.contestants[1].out = true;
    EXPECT_LT(plan_left(&plan), 3 * guess);
}

TEST(Progress, SaysHowLongIsLeft)
{
    char bar[64];
    progress_bar(bar, sizeof bar, 30, 90);
    EXPECT_STREQ(bar, "[#####               ] 1:30 left");
    progress_bar(bar, sizeof bar, 0, 0);
    EXPECT_STREQ(bar, "[####################] 0:00 left");
    progress_bar(bar, sizeof bar, 10, -5);
    EXPECT_STREQ(bar, "[####################] 0:00 left");
}

TEST_F(Plan, OneByOneTakesPartOnlyWhereItDoesNotHoldUpTheOthers)
{
    read({"--quick", "--models", "sequential,threads"});
    const struct contestant *sequential = contestant("sequential");
    ASSERT_TRUE(sequential);
    EXPECT_TRUE(plan_takes_part(sequential, block("wait", 10)));
    EXPECT_EQ(plan_concurrency(sequential, block("wait", 10)), 1u);
    EXPECT_FALSE(plan_takes_part(sequential, block("cost", 100)));
    EXPECT_FALSE(plan_takes_part(sequential, block("scale", 1000)));
    EXPECT_TRUE(plan_takes_part(contestant("threads"), block("scale", 1000)));
}

TEST_F(Plan, QuickHasOneOfEachIdea)
{
    read({"--quick"});
    std::string names;
    for (size_t i = 0; i < plan.contestant_count; i++)
        names += std::string(plan.contestants[i].name) + " ";
    EXPECT_EQ(names, "sequential threads thread-pool fork epoll callbacks "
                     "floor-epoll floor-epoll-late ");
}

TEST_F(Plan, MineIsTheSameModelInAnotherProgram)
{
    read({"--quick", "--mine", "callbacks=program"});
    const struct contestant *ours = contestant("callbacks");
    const struct contestant *mine = contestant("mine");
    ASSERT_TRUE(ours && mine);
    EXPECT_EQ(mine->model, ours->model);
    EXPECT_STREQ(mine->program, "program");
    EXPECT_EQ(ours->program, nullptr);
    EXPECT_FALSE(contestant("threads"));
    read({"--models", "threads", "--mine", "epoll=program=2"});
    mine = contestant("mine");
    ASSERT_TRUE(contestant("threads") && mine);
    EXPECT_STREQ(mine->model->name, "epoll");
    EXPECT_STREQ(mine->program, "program=2");
    EXPECT_FALSE(contestant("epoll"));
}

TEST_F(Plan, MemoryIsLookedAtWithEveryPageOpenOnce)
{
    read({"--models", "threads", "-c", "7", "-n", "1000"});
    const struct block *memory = block("memory", 7);
    ASSERT_TRUE(memory);
    EXPECT_EQ(plan_requests(contestant("threads"), memory), 7u);
    EXPECT_EQ(memory->rounds, 1);
}

TEST_F(Plan, LevelsAreRacedEachAsAsked)
{
    read({"-c", "10,100,1000", "-n", "5000", "--delay", "0", "-k", "--rounds",
          "4"});
    for (size_t level : {10u, 100u, 1000u}) {
        const struct block *own = block("own", level);
        ASSERT_TRUE(own);
        EXPECT_EQ(own->requests, 5000u);
        EXPECT_EQ(own->delay, 0);
        EXPECT_TRUE(own->keep_alive);
        EXPECT_EQ(own->rounds, 4);
    }
    EXPECT_EQ(plan_highest_level(&plan), 1000u);
}

TEST_F(Plan, TheFloorTakesPartWhenAskedFor)
{
    read({"--models", "threads", "-c", "7"});
    EXPECT_FALSE(contestant("floor-epoll"));
    read({"--models", "threads", "-c", "7", "--floor"});
    EXPECT_TRUE(contestant("floor-epoll"));
    EXPECT_FALSE(contestant("floor-threads"));
    read({"--models", "threads", "-c", "7", "--floors"});
    EXPECT_TRUE(contestant("floor-threads"));
}

TEST_F(Plan, RowsAreInHistoricalOrderWhateverWasTyped)
{
    read({"--models", "threads,sequential", "-c", "7"});
    ASSERT_EQ(plan.contestant_count, 2u);
    EXPECT_STREQ(plan.contestants[0].name, "sequential");
}

TEST_F(Plan, ManyConnectionsAreSpreadOverAddresses)
{
    read({"--models", "threads", "-c", "100", "-n", "1000"});
    EXPECT_EQ(plan.addresses, 1);
    read({"--models", "threads,epoll", "-c", "100", "-n", "1000", "--rounds",
          "10"});
    EXPECT_EQ(plan.addresses, 3) << "20,000 and 200 for memory";
    read({"--models", "threads", "-c", "16000", "-n", "16000"});
    EXPECT_EQ(plan.addresses, 11);
    read({"--models", "threads", "-c", "100", "--delay", "0"});
    EXPECT_EQ(plan.addresses, 32) << "it is not known how many it will be";
    /* Kept ones would not be found again at another address. */
    read({"--models", "epoll", "-c", "100", "-n", "100000", "-k"});
    EXPECT_EQ(plan.addresses, 1);
}

TEST(Ports, AreWhatTheKernelCountsAsWaiting)
{
    EXPECT_EQ(ports_waiting_in("sockets: used 17\n"
                               "TCP: inuse 1 orphan 0 tw 8384 alloc 1 mem 2\n"
                               "UDP: inuse 0 mem 0\n"),
              8384u);
    EXPECT_EQ(ports_waiting_in(""), 0u);
    EXPECT_EQ(ports_waiting_in("TCP: inuse 1\nUDP: tw 7\n"), 0u);
}

TEST(Ports, ThoseThatAreWaitingGetAddressesBesideOurs)
{
    for (size_t waiting : {0u, 1u, 9000u, 98409u}) {
        int addresses = ports_addresses_beside(waiting, 1, 32);
        EXPECT_TRUE(ports_have_room(waiting, 6, addresses)) << waiting;
    }
    EXPECT_EQ(ports_addresses_beside(0, 3, 32), 3);
    EXPECT_EQ(ports_addresses_beside(1000000, 3, 32), 32);
}

TEST(Ports, HaveRoomUntilAThirdIsTaken)
{
    EXPECT_EQ(ports_addresses(0, 32), 1);
    EXPECT_EQ(ports_addresses(9000, 32), 1);
    EXPECT_EQ(ports_addresses(9001, 32), 2);
    EXPECT_EQ(ports_addresses(1000000, 32), 32);
    EXPECT_TRUE(ports_have_room(8000, 1000, 1));
    EXPECT_FALSE(ports_have_room(8001, 1000, 1));
    EXPECT_TRUE(ports_have_room(8001, 1000, 2));
    EXPECT_TRUE(ports_have_room(0, 1000000, 1)) << "waiting would not help";
}

TEST_F(Plan, OpenLoadIsDueAtARate)
{
    read({"--models", "epoll,sequential", "--rate", "500", "--burst", "10"});
    ASSERT_EQ(plan.block_count, 1u);
    const struct block *open = block("open", 100);
    ASSERT_TRUE(open);
    EXPECT_EQ(open->rate, 500u);
    EXPECT_EQ(open->burst, 10u);
    EXPECT_EQ(open->requests, 1001u) << "two seconds";
    EXPECT_TRUE(plan_takes_part(contestant("epoll"), open));
    EXPECT_FALSE(plan_takes_part(contestant("sequential"), open))
        << "20 seconds in sequence";
    EXPECT_STREQ(plan.name, "open");
}

static struct record late_by(nanos span, size_t of_a_hundred)
{
    struct record record;
    record_init(&record);
    record.requests = record.finished = 100;
    for (size_t i = 0; i < 100; i++)
        latencies_add(&record.latency, 20 * NANOS_PER_MILLISECOND +
                                           (i < of_a_hundred ? span : 0));
    return record;
}

TEST_F(Plan, ARampEndsForEachWhereItBreaks)
{
    read({"--models", "epoll,threads", "--ramp", "--delay", "20ms"});
    ASSERT_EQ(plan.block_count, 16u);
    EXPECT_EQ(plan.blocks[0].rate, 250u);
    EXPECT_EQ(plan.blocks[1].rate, 375u);
    EXPECT_STREQ(plan.blocks[1].name, "ramp-375");
    struct record fine = late_by(NANOS_PER_SECOND, 1);
    struct record broken = late_by(NANOS_PER_SECOND, 2);
    struct record slow = late_by(90 * NANOS_PER_MILLISECOND, 100);
    EXPECT_FALSE(plan_broke(&plan.blocks[1], &fine));
    EXPECT_TRUE(plan_broke(&plan.blocks[1], &broken));
    EXPECT_FALSE(plan_broke(&plan.blocks[1], &slow));
    plan.contestants[0].broke_at = 375;
    EXPECT_TRUE(plan_takes_part(&plan.contestants[0], &plan.blocks[1]));
    EXPECT_FALSE(plan_takes_part(&plan.contestants[0], &plan.blocks[2]));
    EXPECT_TRUE(plan_takes_part(&plan.contestants[1], &plan.blocks[2]));
}

/* Else it would be advised to say --yes. */
TEST(Elsewhere, WhatThisMachineRefusesIsNotElsewhere)
{
    bool is_here = false;
    ASSERT_EQ(elsewhere_look("http://127.0.0.1:1/", &is_here), FETCH_OK);
    EXPECT_TRUE(is_here);
    EXPECT_EQ(in_child([] {
                  const struct rlimit none = {0, 0};
                  bool here;
                  setrlimit(RLIMIT_NOFILE, &none);
                  return elsewhere_look("http://127.0.0.1:1/", &here);
              }),
              FETCH_NO_DESCRIPTOR);
}
