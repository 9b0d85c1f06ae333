/* SPDX-License-Identifier: MIT */
/* Look-ups that are not waited for: what comes back, in which order, and what
 * becomes of those that are not wanted any more. The leak check is half of the
 * test. */
#include "nonblocking/lookups.h"

#include "support/scripted_lookup.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <netdb.h>
#include <poll.h>
#include <string>
#include <thread>

namespace
{

const struct scripted_host hosts[] = {
    {"one.test", {"127.0.0.1"}, 0},
    {"two.test", {"127.0.0.2", "127.0.0.1"}, 0},
    {"tired.test", {}, EAI_AGAIN},
};

class Lookups : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(scripted_lookup_begin(hosts, 3), 0);
        /* One thread: then they end in the order in which they began. */
        ASSERT_EQ(completions_new(&lookups, 1), 0);
    }
    void TearDown() override
    {
        completions_free(lookups);
        while (executor_left_behind())
            std::this_thread::yield();
        scripted_lookup_end();
    }

    struct lookup *start(const std::string &host, void *owner)
    {
        std::string name = host; /* it is copied */
        const struct endpoint endpoint = {&name[0], 80, false};
        struct lookup *lookup = nullptr;
        EXPECT_EQ(lookup_start(lookups, &endpoint, owner, &lookup), 0);
        return lookup;
    }
    bool is_readable(int timeout = 0)
    {
        struct pollfd one = {completions_fd(lookups), POLLIN, 0};
        return poll(&one, 1, timeout) == 1;
    }
    void *take()
    {
        return lookup_take(lookups, &code, &addresses);
    }
    /* The next answer, whenever it comes. */
    void *await()
    {
        EXPECT_TRUE(is_readable(-1));
        return take();
    }
    static void await_arrivals(unsigned count)
    {
        while (scripted_lookups() < count)
            std::this_thread::yield();
    }

    struct completions *lookups = nullptr;
    int owners[4];
    int code = -1;
    struct addresses addresses = {};
};

TEST_F(Lookups, WithoutOneThereIsNothingToTake)
{
    EXPECT_FALSE(is_readable());
    EXPECT_EQ(take(), nullptr);
    completions_free(nullptr);
}

TEST_F(Lookups, AnAnswerIsReadableUntilItIsTaken)
{
    start("two.test", &owners[0]);
    EXPECT_TRUE(is_readable(-1));
    EXPECT_TRUE(is_readable());
    EXPECT_EQ(take(), &owners[0]);
    EXPECT_EQ(code, 0);
    ASSERT_EQ(addresses.count, 2);
    EXPECT_EQ(ntohl(addresses.list[0].socket.ipv4.sin_addr.s_addr),
              INADDR_LOOPBACK + 1);
    EXPECT_EQ(ntohs(addresses.list[0].socket.ipv4.sin_port), 80);
    EXPECT_FALSE(is_readable());
    EXPECT_EQ(take(), nullptr);
}

TEST_F(Lookups, AFailureIsAnAnswerToo)
{
    start("tired.test", &owners[0]);
    EXPECT_EQ(await(), &owners[0]);
    EXPECT_EQ(code, EAI_AGAIN);
    start("nobody.test", &owners[1]);
    EXPECT_EQ(await(), &owners[1]);
    EXPECT_EQ(code, EAI_NONAME);
}

TEST_F(Lookups, TheyComeBackInTheOrderInWhichTheyEnd)
{
    for (int i = 0; i < 3; i++)
        start("one.test", &owners[i]);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(await(), &owners[i]);
    EXPECT_FALSE(is_readable());
}

TEST_F(Lookups, WhileOneIsHeldUpThereIsNothingToTake)
{
    scripted_lookup_shut();
    start("one.test", &owners[0]);
    await_arrivals(1);
    EXPECT_FALSE(is_readable());
    EXPECT_EQ(take(), nullptr);
    scripted_lookup_open();
    EXPECT_EQ(await(), &owners[0]);
}

TEST_F(Lookups, AbandonedBeforeItEndsItIsNotTaken)
{
    scripted_lookup_shut();
    struct lookup *lookup = start("one.test", &owners[0]);
    start("one.test", &owners[1]);
    await_arrivals(1);
    lookup_abandon(lookup);
    scripted_lookup_open();
    EXPECT_EQ(await(), &owners[1]);
    EXPECT_FALSE(is_readable());
}

TEST_F(Lookups, AbandonedBeforeItBeginsItIsNotTaken)
{
    scripted_lookup_shut();
    start("one.test", &owners[0]);
    lookup_abandon(start("one.test", &owners[1]));
    start("one.test", &owners[2]);
    scripted_lookup_open();
    EXPECT_EQ(await(), &owners[0]);
    EXPECT_EQ(await(), &owners[2]);
}

TEST_F(Lookups, AbandonedAfterItEndedItIsNotTakenAndTheDescriptorIsQuiet)
{
    struct lookup *lookup = start("one.test", &owners[0]);
    EXPECT_TRUE(is_readable(-1));
    lookup_abandon(lookup);
    EXPECT_FALSE(is_readable());
    EXPECT_EQ(take(), nullptr);
    start("one.test", &owners[1]);
    EXPECT_EQ(await(), &owners[1]);
}

/* When the third is looked up, the two before it have ended. */
TEST_F(Lookups, AbandonedFromTheMiddleItLeavesTheOthers)
{
    start("one.test", &owners[0]);
    struct lookup *lookup = start("one.test", &owners[1]);
    start("one.test", &owners[2]);
    await_arrivals(3);
    lookup_abandon(lookup);
    EXPECT_EQ(await(), &owners[0]);
    EXPECT_EQ(await(), &owners[2]);
    EXPECT_FALSE(is_readable());
}

TEST_F(Lookups, MayBeFreedWhileSomeAreUnderWay)
{
    scripted_lookup_shut();
    start("one.test", &owners[0]);
    lookup_abandon(start("one.test", &owners[1]));
    start("one.test", &owners[2]);
    await_arrivals(1);
    completions_free(lookups); // which waits for none of them
    lookups = nullptr;
    EXPECT_EQ(executor_left_behind(), 1u);
    scripted_lookup_open();
}

TEST_F(Lookups, MayBeFreedWithAnswersThatWereNotTaken)
{
    start("one.test", &owners[0]);
    start("two.test", &owners[1]);
    EXPECT_TRUE(is_readable(-1));
}

} // namespace
