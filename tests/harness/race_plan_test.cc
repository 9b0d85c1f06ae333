/* SPDX-License-Identifier: MIT */
/* What a command line comes to: the blocks, and who takes part in them. */
#include "harness/models.h"
#include "harness/race/plan_options.h"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
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
                     "floor-epoll ");
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
    read({"--models", "threads", "-c", "16000", "-n", "16000"});
    EXPECT_EQ(plan.addresses, 8);
    /* Kept ones would not be found again at another address. */
    read({"--models", "threads", "-c", "100", "-n", "100000", "-k"});
    EXPECT_EQ(plan.addresses, 1);
}
